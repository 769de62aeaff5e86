import { until } from "../suite/until.ts";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { TargetFault } from "./sink-target.ts";

/** What a sink goes through from its start to its stop, after which nothing is to be left of it. */
export interface SinkUse {
  readonly name: string;
  run(bench: SinkBench): Promise<RunningSink>;
}

const MARKERS = ["one", "two", "three"];

export const sinkUses: readonly SinkUse[] = [
  {
    name: "deliveries that went well",
    run: async (bench) => {
      const running = await bench.start();
      await running.publish(...MARKERS);
      await running.untilAllEnded();
      return stopped(running);
    },
  },
  {
    name: "deliveries that failed at first",
    run: async (bench) => {
      const all: readonly TargetFault[] = [{ kind: "error" }, { kind: "reset" }];
      const faults = all.filter(({ kind }) => plays(bench, kind));
      bench.target.fault = (items) => (items.length > 0 ? faults.shift() : undefined);
      const running = await bench.start();
      await running.publish(...MARKERS);
      await running.untilAllEnded();
      return stopped(running);
    },
  },
  {
    name: "a delivery that was aborted while the target hung",
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("aborted");
      if (plays(bench, "hang")) {
        const before = bench.target.requests.length;
        bench.target.fault = () => ({ kind: "hang" });
        const controller = new AbortController();
        const delivering = running.deliver(batch, controller.signal).catch(() => undefined);
        await until(bench.clock, "the target has the request", () => bench.target.requests.length > before);
        controller.abort();
        await delivering;
      }
      return stopped(running);
    },
  },
  {
    name: "a stop in the middle of a delivery",
    run: async (bench) => {
      const running = await bench.start({ stopTimeoutMs: 10 });
      if (plays(bench, "hang")) {
        const before = bench.target.requests.length;
        bench.target.fault = () => ({ kind: "hang" });
        await running.publish("cut short");
        await running.until("the target has the request", () => bench.target.requests.length > before);
      }
      return stopped(running);
    },
  },
];

function plays({ subject }: SinkBench, kind: TargetFault["kind"]): boolean {
  return subject.target.faults.includes(kind);
}

/** What it tells of a stop that fails is for the tests of stopping. */
async function stopped(running: RunningSink): Promise<RunningSink> {
  await running.stop().catch(() => undefined);
  return running;
}
