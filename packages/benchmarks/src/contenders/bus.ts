import { createRequire } from "node:module";
import { join } from "node:path";
import type { DeliveryPolicy } from "@bus/core";
import { benchBus, LANE, noopSink } from "../bench-bus.ts";
import { EVENT_TYPE, type BenchEvent } from "../bench-event.ts";
import type { Contender, Queue } from "../contender.ts";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";

export interface BusContenderOptions {
  /** @default "Bus" */
  readonly name?: string;
  readonly policy?: DeliveryPolicy;
  /** The largest batch its sink takes. @default 100 */
  readonly maxItems?: number;
  /** The events take turns with so many keys. @default 0, no keys */
  readonly keys?: number;
}

/** The bus on its SQLite store. Nothing is delivered before `consume`: the lane is disabled. */
export async function busContender(options: BusContenderOptions = {}): Promise<Contender> {
  const { name = "Bus", policy = { ordering: "none" }, maxItems = 100, keys = 0 } = options;
  const { version } = createRequire(import.meta.url)("better-sqlite3/package.json") as { version: string };
  const { ordering = "key", concurrency = 4 } = policy;
  const delivery = `ordering "${ordering}"${keys ? ` over ${keys} keys` : ""}, batches of up to ${maxItems}, concurrency ${concurrency}`;
  return {
    name,
    part: "bus",
    isSynced: true,
    conditions: `\`sqliteStore\` (better-sqlite3 ${version}) with its default \`durability: "full"\`, events checked by a zod schema, one route to a sink that does nothing; ${delivery}. Acknowledged: synced to disk, with its delivery.`,
    open: () => openBus({ policy, maxItems, keys }),
    close: async () => {},
  };
}

async function openBus({ policy, maxItems, keys }: Required<Omit<BusContenderOptions, "name">>): Promise<Queue> {
  const directory = scratchDirectory();
  const bus = benchBus({ path: join(directory, "bus.db"), policy, sink: noopSink(maxItems) });
  await bus.start();
  await bus.lanes.disable(LANE);
  let published = 0;
  const key = (): { key?: string } => (keys === 0 ? {} : { key: `key-${published++ % keys}` });
  return {
    publish: ({ data }) => bus.publish(EVENT_TYPE, data, key()),
    publishMany: (events: readonly BenchEvent[]) =>
      bus.publishMany(events.map(({ type, data }) => ({ type, data, ...key() }))),
    async consume(settled) {
      bus.events.on("delivered", () => settled(1));
      await bus.lanes.enable(LANE);
    },
    async close() {
      await bus.stop();
      removeScratch(directory);
    },
  };
}
