import { join } from "node:path";
import { createBus, provide, type AnySinkPlugin, type EventInput, type EventSchemas } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT, undiciTransport } from "@bus/http";
import { sqliteStore } from "@bus/sqlite-store";
import { DeliveredCount } from "../delivered-count.ts";
import { failOnErrors } from "../fail-on-errors.ts";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";
import type { Sender } from "./sender.ts";

/** The bus on its durable store, with one sink. */
export interface BusSetting<E extends EventSchemas, T extends keyof E & string> {
  readonly name: string;
  readonly transport: "got" | "undici";
  /** How the sink is set, and what is timed beside lease and record. */
  readonly conditions: string;
  /** @default false */
  readonly isOneByOne?: boolean;
  readonly events: E;
  sink(url: string): AnySinkPlugin;
  /** Where the deliveries wait. */
  readonly destination: string;
  /** Published before the clock starts. */
  readonly type: T;
  data(index: number): EventInput<E, T>;
}

const TRANSPORTS = { got: gotTransport, undici: undiciTransport };
const FILLED_AT_ONCE = 1_000;

export function busSender<E extends EventSchemas, T extends keyof E & string>(setting: BusSetting<E, T>): Sender {
  const { name, transport, conditions, isOneByOne = false, events, sink, destination, type, data } = setting;
  const lane = { sink: "measured", destination };
  return {
    name,
    conditions: `\`sqliteStore\` with its default \`durability: "full"\`, ${transport} as the transport, ${conditions}. The events are published before the clock starts. Timed: lease, what is made of each event, the request, each event's own outcome, synced to disk.`,
    isOneByOne,
    async fill(url, count) {
      const directory = scratchDirectory();
      const http = TRANSPORTS[transport]();
      const bus = createBus({
        name: "bench",
        events: { [type]: events[type] } as Pick<E, T>,
        store: sqliteStore({ path: join(directory, "bus.db") }),
        sinks: { measured: sink(url) },
        provide: [provide(HTTP_TRANSPORT, http)],
        maxBacklog: 5_000_000,
      });
      failOnErrors(bus);
      await bus.start();
      await bus.lanes.pause(lane);
      for (let filled = 0; filled < count; filled += FILLED_AT_ONCE) {
        const entries = Array.from({ length: FILLED_AT_ONCE }, (_, index) => ({ type, data: data(filled + index) }));
        await bus.publishMany(entries);
      }
      return {
        async drain() {
          const delivered = new DeliveredCount(bus);
          await bus.lanes.resume(lane);
          await delivered.reach(count);
        },
        async close() {
          await bus.stop();
          await http.stop();
          removeScratch(directory);
        },
      };
    },
    close: async () => {},
  };
}
