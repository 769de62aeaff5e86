import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("each error code stands in some test that provokes it", () => {
  const known = [...read("../src/errors.ts").matchAll(/^ {2}(BUS_[A-Z_]+):/gmu)].map(([, code]) => String(code));
  const cwd = new URL("../..", import.meta.url);
  const files = globSync("*/test/**/*.test.ts", { cwd, exclude: ["**/errors-*.test.ts", "**/node_modules/**"] });
  const tests = files.map((file) => read(`../../${file}`)).join("\n");

  const uncovered = known.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests));

  expect(known.length).toBeGreaterThan(0);
  expect(uncovered).toEqual([]);
});
