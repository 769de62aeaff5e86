import { expect, it } from "vitest";

import { storeTests } from "../../src/store-suite/store-tests.ts";
import { saboteurs } from "./saboteurs.ts";

const tests = storeTests.map(({ name }) => name);
const caught = new Set(saboteurs.flatMap(({ caughtBy }) => caughtBy));

it("has a saboteur for each test of the suite", () => {
  expect(tests.filter((name) => !caught.has(name))).toEqual([]);
});

it("has no saboteur that goes free", () => {
  expect(saboteurs.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
});

it("names only tests that there are", () => {
  expect([...caught].filter((name) => !tests.includes(name))).toEqual([]);
});

it.each([
  ["test", tests],
  ["saboteur", saboteurs.map(({ name }) => name)],
])("gives each %s a name of its own", (_, names) => {
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
