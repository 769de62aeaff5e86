import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { MarkdownRenderer, Plugin } from "vitepress";

const MODULE = "mermaid/dist/mermaid.esm.min.mjs";
const folder = dirname(createRequire(import.meta.url).resolve(MODULE));

/** Fences of `mermaid` become diagrams, drawn where the page is read; without scripts a reader sees their text. */
export function mermaidFences(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== "mermaid") return fence?.(tokens, index, options, env, self) ?? "";
    return `<MermaidDiagram code="${md.utils.escapeHtml(token.content).replaceAll("\n", "&#10;")}" />\n`;
  };
}

/** Mermaid's own bundle goes to the site as it is: to bundle it again takes longer than all of the rest. */
export const mermaidAsItIs: Plugin = {
  name: "mermaid-as-it-is",
  apply: "build",
  enforce: "pre",
  resolveId: (id) => (id === MODULE ? { id: "/mermaid/mermaid.esm.min.mjs", external: "absolute" } : null),
};

/** Puts that bundle beside the pages. */
export function copyMermaid(site: string): void {
  const chunks = "chunks/mermaid.esm.min";
  const isNeeded = (file: string): boolean => !file.endsWith(".map");
  cpSync(join(folder, "mermaid.esm.min.mjs"), join(site, "mermaid/mermaid.esm.min.mjs"));
  cpSync(join(folder, chunks), join(site, "mermaid", chunks), { recursive: true, filter: isNeeded });
}
