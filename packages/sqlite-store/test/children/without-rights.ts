/** Starts a bus on a file that this process may not write, then gets the right, and starts another. */
import { chmodSync, chownSync, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createBus, defineSink, delivered, type Bus } from "@bus/core";
import { z } from "zod";

import { sqliteStore } from "../../src/index.ts";
import { HOOKS } from "../a-bus.ts";
import { codesOf } from "../error-codes.ts";
import { report } from "./report.ts";

const [path = "", what] = process.argv.slice(2);
const directory = dirname(path);
/** SQLite gives the files beside it the mode of the file. */
const targets = what === "file" ? [path, `${path}-wal`, `${path}-shm`] : [directory];
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

function mayWrite(isAllowed: boolean): void {
  if (isRoot) process.seteuid?.(0);
  for (const target of targets.filter((each) => existsSync(each))) {
    const { mode } = statSync(target);
    chmodSync(target, isAllowed ? mode | 0o200 : mode & ~0o222);
  }
  // No mode keeps root from writing.
  if (isRoot) process.seteuid?.(NOBODY);
}

if (isRoot) {
  chownSync(directory, NOBODY, NOBODY);
  chownSync(path, NOBODY, NOBODY);
}

function aBus(deliver: (ids: string[]) => void): Bus<{ "thing.done": z.ZodUnknown }> {
  const sink = defineSink({
    name: "hooks",
    options: z.object({}),
    create: () => ({
      deliver: (batch) => {
        deliver(batch.map(({ event }) => event.id));
        return batch.map(() => delivered());
      },
    }),
  });
  return createBus({
    name: "test",
    events: { "thing.done": z.unknown() },
    store: sqliteStore({ path }),
    sinks: { hooks: sink({}) },
  });
}

mayWrite(false);
try {
  await aBus(() => undefined).start();
} catch (error) {
  report({ refused: codesOf(error) });
}

mayWrite(true);
const bus = aBus((ids) => report({ delivered: ids }));
await bus.start();
await bus.lanes.resume(HOOKS);
process.stdin.on("data", () => undefined);
