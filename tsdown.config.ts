import { defineConfig } from "tsdown";

/** One build for every public package: its entry, its declarations, and the two checks of its published form. */
export default defineConfig({
  workspace: "packages/*",
  entry: "src/index.ts",
  format: "esm",
  platform: "node",
  target: "node22.18",
  fixedExtension: false,
  sourcemap: true,
  clean: true,
  dts: { oxc: true },
  exports: { devExports: true },
  publint: { strict: true },
  attw: { profile: "esm-only", level: "error" },
});
