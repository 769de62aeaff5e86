import { expect, it } from "vitest";
import { isTooDeep, MAX_JSON_DEPTH } from "../src/json-depth.ts";

const nested = (depth: number, inner = "") => `${'{"a":['.repeat(depth / 2)}${inner}${"]}".repeat(depth / 2)}`;

it.each([
  ["as deep as it may be", nested(MAX_JSON_DEPTH), false],
  ["one list deeper", nested(MAX_JSON_DEPTH, "[]"), true],
  ["far too deep", nested(100_000), true],
  ["wide", JSON.stringify(Array.from({ length: 10_000 }, () => [{}])), false],
  ["a text of brackets, quotes and backslashes", JSON.stringify({ a: '\\"[{'.repeat(10_000) }), false],
  ["too deep behind such a text", JSON.stringify(["[\\", '"{\\"']).replace(/\]$/, `,${nested(MAX_JSON_DEPTH)}]`), true],
])("tells of JSON that is %s", (_, json, expected) => {
  JSON.parse(json);

  expect(isTooDeep(json)).toBe(expected);
});
