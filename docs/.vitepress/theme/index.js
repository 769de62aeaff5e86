import DefaultTheme from "vitepress/theme";
import MermaidDiagram from "./mermaid-diagram.vue";

/** @type {import("vitepress").Theme} */
export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component("MermaidDiagram", MermaidDiagram),
};
