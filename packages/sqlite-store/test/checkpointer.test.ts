import { existsSync, statSync } from "node:fs";
import { expect, it } from "vitest";

import { eventIdsIn } from "./a-connection.ts";
import { aChild } from "./a-child.ts";
import { aTempFile } from "./a-temp-file.ts";

const MIB = 1024 * 1024;
const EVENTS = 30_000;
/** All that Node's permission model can forbid, but for threads. */
const WITHOUT_THREADS = ["env", "NODE_OPTIONS=--permission --allow-fs-read=* --allow-fs-write=* --allow-addons"];

it.each([
  ["from a thread of its own", 1, []],
  ["within commits, where it can have no thread", 1, WITHOUT_THREADS],
  ["while another process writes too", 2, []],
])("writes the log back into the file, %s", { timeout: 60_000 }, async (_, processes, wrapper) => {
  const path = aTempFile();
  const children = Array.from({ length: processes }, () => aChild("filling", [path], wrapper));

  const longest = await Promise.all(children.map((child) => child.tells("longest")));

  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(children.map(() => 0));
  expect(Math.max(...longest.map(Number))).toBeLessThan(processes * 12 * MIB);
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(statSync(path).size).toBeGreaterThan(processes * 30 * MIB);
  expect(eventIdsIn(path)).toHaveLength(processes * EVENTS);
});
