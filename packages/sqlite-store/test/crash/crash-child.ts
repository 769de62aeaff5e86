import { flushCompileCache } from "node:module";
import { setTimeout } from "node:timers/promises";
import { CLOCK, createBus, provide, systemClock, type Clock, type StoreStats } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { z } from "zod";
import { acknowledgedIn, AcknowledgedLog } from "./acknowledged-log.ts";
import type { Death, Stage } from "./crash-plan.ts";
import { Mortality } from "./mortality.ts";
import { numberedEvents } from "./numbered-events.ts";
import { publishAll } from "./publish-all.ts";
import { receiverSink } from "./receiver-sink.ts";
import { sabotaged, type Sabotage } from "./sabotage.ts";

/** What a process is told when it is started, as JSON. */
export interface ChildOrders {
  readonly storePath: string;
  readonly logPath: string;
  readonly receiverUrl: string;
  readonly life: number;
  readonly seed: number;
  readonly keys: number;
  readonly upTo: number;
  /** By how much its clock is ahead: so long nobody was there before, all in all. */
  readonly aheadMs: number;
  readonly death: Death | undefined;
  /** Whether it ends by itself when everything has been delivered. */
  readonly isLast: boolean;
  readonly sabotage: Sabotage | undefined;
}

const DONE_LOOK_MS = 10;

const orders = JSON.parse(process.argv[2] ?? "") as ChildOrders;
const mortality = new Mortality(orders.death);
const { receiverUrl, life, sabotage, keys, upTo, logPath, storePath } = orders;

const bus = createBus({
  name: "crash",
  events: { "number.counted": z.object({ key: z.string(), sequence: z.number() }) },
  store: mortality.in(sabotaged(sqliteStore({ path: storePath }), sabotage)),
  sinks: { receiver: receiverSink({ url: receiverUrl, life, mortality, times: sabotage === "sends-twice" ? 2 : 1 }) },
  provide: [provide(CLOCK, clockAhead(orders.aheadMs))],
});
bus.events.on("error", (error) => console.error(error));

// Whoever started this process holds the other end, and is to end it; without him, nobody would.
process.stdin.once("close", () => process.exit(1)).resume();
process.stdin.unref();

// Node writes it when a process ends, which is too late for one that is killed.
flushCompileCache();

const log = new AcknowledgedLog(logPath);
const done = acknowledgedIn(logPath);
tell("opening");
await bus.start();
tell("working");
await publishAll(
  numberedEvents(upTo, keys).filter(({ id }) => !done.has(id)),
  {
    publish: ({ type, data, ...options }) => bus.publish(type, data, options),
    publishMany: (entries) => bus.publishMany(entries),
    acknowledged: async (ids) => {
      const onDisk = log.add(ids);
      mortality.pass("after-acknowledgement", ids.length);
      await onDisk;
    },
  },
  orders.seed,
);
if (orders.isLast) {
  while (isAtWork(await bus.deliveries.stats())) await setTimeout(DONE_LOOK_MS);
  await bus.stop();
  log.close();
}

function tell(stage: Stage): void {
  process.stdout.write(`${stage}\n`);
}

/** As if the time before had passed: a lease lasts longer than anybody wants to wait for its end. */
function clockAhead(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms, steady: () => systemClock.steady() + ms };
}

function isAtWork({ pending, leased }: StoreStats): boolean {
  return pending + leased > 0;
}
