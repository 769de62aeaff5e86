import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/serve.ts"],
  format: "esm",
  platform: "node",
  target: "node22.18",
  fixedExtension: false,
});
