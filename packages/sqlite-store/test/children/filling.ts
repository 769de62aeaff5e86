/** Appends far more than the log may hold, and reports how long the log has become. */
import { statSync } from "node:fs";
import { sqliteStore } from "../../src/index.ts";
import { report } from "./report.ts";

const [path = ""] = process.argv.slice(2);
const store = sqliteStore({ path, durability: "normal" });
const data = JSON.stringify("x".repeat(1_000));
let longest = 0;

await store.open();
for (let group = 0; group < 300; group += 1) {
  const entries = Array.from({ length: 100 }, (_, n) => ({
    event: {
      id: `${process.pid}-${group}-${n}`,
      type: "thing.done",
      source: "test",
      time: "2026-01-01T00:00:00.000Z",
      data,
    },
    deliveries: [],
  }));
  await store.append(entries, { maxBacklog: Infinity, now: 0 });
  longest = Math.max(longest, statSync(`${path}-wal`).size);
}
await store.close();
report({ longest });
