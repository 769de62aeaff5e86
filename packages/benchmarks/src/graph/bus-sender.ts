import { join } from "node:path";
import { createBus, provide, type DeliveryPolicy } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT, undiciTransport, type HttpTransport } from "@bus/http";
import { kgEvents, kgSink, type KgSinkOptions } from "@bus/kg-sink";
import { sqliteStore } from "@bus/sqlite-store";
import { DeliveredCount } from "../delivered-count.ts";
import { failOnErrors } from "../fail-on-errors.ts";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";
import { chatMessage } from "./chat-message.ts";
import type { RecordSender } from "./record-sender.ts";

const FILLED_AT_ONCE = 1_000;
const LANE = { sink: "graph", destination: "default" };

export async function busOnGot(): Promise<RecordSender> {
  return busSender({ name: "Bus", transport: "got", makeTransport: gotTransport });
}

export async function busOnUndici(): Promise<RecordSender> {
  return busSender({ name: "Bus on undici", transport: "undici", makeTransport: undiciTransport });
}

/** What the batches are worth. */
export async function busOneByOne(): Promise<RecordSender> {
  return busSender({
    name: "Bus on undici, one record a POST",
    transport: "undici",
    makeTransport: undiciTransport,
    options: { batch: { maxRecords: 1, lingerMs: 0 }, ordering: "relaxed" },
    policy: { concurrency: 32 },
  });
}

function busSender({
  name,
  transport,
  makeTransport,
  options = {},
  policy = {},
}: {
  readonly name: string;
  readonly transport: string;
  readonly makeTransport: () => HttpTransport;
  readonly options?: Omit<KgSinkOptions, "url">;
  readonly policy?: Omit<DeliveryPolicy, "ordering">;
}): RecordSender {
  const { maxRecords = 500 } = options.batch ?? {};
  return {
    name,
    conditions: `\`sqliteStore\` with its default \`durability: "full"\`, ${transport} as the transport, ${options.ordering ?? "strict"} order, up to ${maxRecords} records a request, concurrency ${policy.concurrency ?? 1}; the events are published before the clock starts. Timed: lease, the record made of each event, the request, each record's own outcome, synced to disk.`,
    async fill(url, count) {
      const directory = scratchDirectory();
      const http = makeTransport();
      const bus = createBus({
        name: "bench",
        events: kgEvents,
        store: sqliteStore({ path: join(directory, "bus.db") }),
        sinks: { graph: kgSink({ ...options, url }, policy) },
        provide: [provide(HTTP_TRANSPORT, http)],
        maxBacklog: 5_000_000,
      });
      failOnErrors(bus);
      await bus.start();
      await bus.lanes.pause(LANE);
      for (let filled = 0; filled < count; filled += FILLED_AT_ONCE) {
        const data = Array.from({ length: FILLED_AT_ONCE }, (_, index) => chatMessage(filled + index));
        await bus.publishMany(data.map((message) => ({ type: "message.created" as const, data: message })));
      }
      return {
        async drain() {
          const delivered = new DeliveredCount(bus);
          await bus.lanes.resume(LANE);
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
