import { existsSync, statSync } from "node:fs";
import { expect, it } from "vitest";

import { aChild } from "./a-child.ts";
import { aTempFile } from "./a-temp-file.ts";

const MIB = 1024 * 1024;
/** All that Node's permission model can forbid, but for threads. */
const WITHOUT_THREADS = ["env", "NODE_OPTIONS=--permission --allow-fs-read=* --allow-fs-write=* --allow-addons"];

it.each([
  ["from a thread of its own", []],
  ["within commits, where it can have no thread", WITHOUT_THREADS],
])("writes the log back into the file, %s", async (_, wrapper) => {
  const path = aTempFile();
  const child = aChild("filling", [path], wrapper);

  const done = await child.tells("done");

  expect(await child.ended).toBe(0);
  expect(done).toEqual({ events: 30_000, longest: expect.toSatisfy((bytes: number) => bytes < 8 * MIB) });
  expect(statSync(path).size).toBeGreaterThan(30 * MIB);
  expect(existsSync(`${path}-wal`)).toBe(false);
});
