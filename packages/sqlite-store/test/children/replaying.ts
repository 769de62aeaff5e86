/** Replays everything and is killed half-way; without a page to be killed at, starts a bus and sees that the rest is done. */
import { appendFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { createBus, defineSink, delivered, type Store, type StoreStats } from "@bus/core";
import { z } from "zod";

import { sqliteStore } from "../../src/index.ts";
import { report } from "./report.ts";

const [path = "", log = "", lastPage = "0"] = process.argv.slice(2);
const store = sqliteStore({ path });
const sink = defineSink({
  name: "hooks",
  options: z.object({}),
  create: () => ({
    batch: { maxItems: 500 },
    deliver: (batch) => {
      appendFileSync(log, batch.map(({ event }) => `${event.id}\n`).join(""));
      return batch.map(() => delivered());
    },
  }),
});
const bus = createBus({
  name: "test",
  events: { "thing.done": z.unknown() },
  store: Number(lastPage) > 0 ? killedAfter(Number(lastPage)) : store,
  sinks: { hooks: sink({}) },
  retention: { bytes: Infinity },
});

await bus.start();
if (Number(lastPage) > 0) await bus.deliveries.replay({ sink: "hooks", since: 0 });
while ((await store.state.keys("bus:replays", "")).length > 0) await after(20);
report({ done: await settled() });
await bus.stop();

/** The store of a process that dies when a page is done, and all it replayed delivered again, before that can be noted. */
function killedAfter(page: number): Store {
  const replay = store.replay.bind(store);
  let pages = 0;
  return Object.assign(store, {
    replay: async (...args: Parameters<Store["replay"]>) => {
      const answer = await replay(...args);
      if (answer.count > 0) pages += 1;
      if (pages === page) {
        await settled();
        process.kill(process.pid, "SIGKILL");
      }
      return answer;
    },
  });
}

async function settled(): Promise<StoreStats> {
  for (;;) {
    const stats = await store.stats();
    if (stats.pending + stats.leased === 0) return stats;
    await after(20);
  }
}
