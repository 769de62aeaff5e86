/** Fills a file system of 2 MiB with a bus on it, makes room, and reports what came of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { BusError, createBus, defineSink, delivered } from "@bus/core";
import Database from "better-sqlite3";
import { z } from "zod";

import { sqliteStore } from "../../src/index.ts";
import { codesOf } from "../error-codes.ts";
import { report } from "./report.ts";

const directory = process.argv[2] ?? "";
const path = join(directory, "bus.db");
const filler = join(directory, "filler");
mkdirSync(directory);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", directory]);
writeFileSync(filler, Buffer.alloc(1024 * 1024));

const background = new Set<string>();
const settled = new Set<string>();
const full = Promise.withResolvers<void>();
const sink = defineSink({
  name: "hooks",
  options: z.object({}),
  create: () => ({
    deliver: async (batch) => {
      await full.promise;
      return batch.map(() => delivered());
    },
  }),
});
const bus = createBus({
  name: "test",
  events: { "thing.done": z.unknown() },
  store: sqliteStore({ path }),
  sinks: { hooks: sink({}) },
});
bus.events.on("error", (error) => {
  for (const code of codesOf(error)) background.add(code);
});
bus.events.on("delivered", ({ eventId }) => void settled.add(eventId));
await bus.start();

const published: { readonly id: string }[] = [];
const codes = new Set<string>();
async function publish(id: string): Promise<boolean> {
  try {
    await bus.publish("thing.done", "x".repeat(20_000), { id });
    published.push({ id });
    return true;
  } catch (error) {
    codes.add(BusError.is(error) ? error.code : String(error));
    return false;
  }
}

let count = 0;
while (await publish(`e${count}`)) count += 1;
full.resolve();
while (background.size === 0) await after(5);
const wasAcknowledged = count > 10;
rmSync(filler);
while (!(await publish(`e${count}`))) await after(5);
while (settled.size < published.length) await after(5);
await bus.stop();

const database = new Database(path, { readonly: true });
const stored = database.prepare("SELECT id FROM bus_events ORDER BY seq").pluck().all();
database.close();
report({
  summary: {
    codes: [...codes],
    wasAcknowledged,
    backgroundCodes: [...background].toSorted(),
    published,
    stored,
    missing: published.filter(({ id }) => !settled.has(id)),
  },
});
