import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RANGES, withVersions } from "../src/versions.ts";

const root = join(import.meta.dirname, "../../..");
const versionOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")).version;

it.each(Object.entries(RANGES))("makes new plugins with the %s of the workspace's catalog", (name, range) => {
  const catalog = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");

  expect(catalog.split("\n").map((line) => line.trim().replaceAll('"', ""))).toContain(`${name}: ${range}`);
});

it("is released under the version of @bus/core, which new plugins depend on by it", () => {
  expect(versionOf("create-bus-plugin")).toBe(versionOf("core"));
});

it("knows a range of all that the templates depend on", () => {
  expect(() => withVersions('"left-pad": "catalog:"')).toThrow("left-pad");
});
