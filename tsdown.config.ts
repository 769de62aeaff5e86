import { defineConfig } from "tsdown";

/** One build for every public package: its entry, its declarations, its threads and command, and the two checks of its published form. */
export default defineConfig({
  workspace: { include: "packages/*", exclude: ["**/node_modules/**", "packages/benchmarks"] },
  entry: ["src/index.ts", "src/{main,*-worker}.ts"],
  format: "esm",
  platform: "node",
  target: "node22.18",
  fixedExtension: false,
  sourcemap: true,
  clean: true,
  dts: { oxc: true },
  exports: { devExports: true, exclude: [/-worker$|^main$/] },
  publint: { strict: true },
  attw: { profile: "esm-only", level: "error" },
});
