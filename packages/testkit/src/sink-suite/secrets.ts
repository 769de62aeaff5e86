import assert from "node:assert/strict";
import { leakIn } from "../suite/leak.ts";
import { thrownBy } from "../suite/thrown-by.ts";
import { overhear } from "../suite/overhear.ts";
import { AbortableCall } from "./abortable-call.ts";
import { playFaults } from "./played-faults.ts";
import { SINK, type SinkBench } from "./sink-bench.ts";
import type { Declared } from "./sink-subject.ts";
import type { TargetFault } from "./sink-target.ts";
import type { SinkTest } from "./sink-test.ts";

const CHECK_FAULTS: readonly TargetFault[] = [{ kind: "error" }, { kind: "status", status: 401 }, { kind: "hang" }];

const needsSecret = ({ secret }: Declared): boolean => secret;

/** The secret that the sink was given goes to its target alone. The target's failing answers show it, as those of some proxies do. */
export const secrets: readonly SinkTest[] = [
  {
    name: "keeps its secret out of the log",
    needs: needsSecret,
    run: async (bench) => {
      const heard = await overhear(async () => void (await playFaults(bench)));

      for (const each of heard)
        assertClean(bench, each, "what was written to the console or the output of the process");
      for (const { fields, message } of bench.log.entries) {
        assertClean(bench, fields, `what was logged with "${message}"`);
        assertClean(bench, message, "a log message");
      }
    },
  },
  {
    name: "keeps its secret out of errors",
    needs: needsSecret,
    run: async (bench) => {
      const { errors } = await playFaults(bench);

      for (const error of errors) assertClean(bench, error, "an error that was thrown or reported, or in its causes");
    },
  },
  {
    name: "keeps its secret out of deliveries and dead letters",
    needs: needsSecret,
    run: async (bench) => {
      const { deliveries } = await playFaults(bench);

      for (const delivery of deliveries) assertClean(bench, delivery, "a delivery, its reason or its attempts");
    },
  },
  {
    name: "keeps its secret out of what is seen of plugin, bus and api",
    needs: needsSecret,
    run: async (bench) => {
      assertClean(bench, bench.plugin(), "the plugin as it is printed");
      const { bus } = bench.prepare();
      assertClean(bench, bus.inspect(), "bus.inspect()");

      await bus.start();

      assertClean(bench, bus, "the bus as it is printed");
      assertClean(bench, bus.sinks[SINK], "the sink's api as it is printed");
    },
  },
  {
    name: "keeps its secret out of what it says of wrong options",
    needs: needsSecret,
    run: async (bench) => {
      const { subject, target, secret } = bench;
      const { url } = target;
      const attempts = [
        () => bench.plugin({ "no option of this sink": 1 }),
        () => subject.create({ url: "no URL", secret }, {}),
        () => subject.create({ url: `${url}\n`, secret: `${secret}\n` }, {}),
      ];
      for (const attempt of attempts) assertClean(bench, thrownBy(attempt), "an error about its options");
    },
  },
  {
    name: "keeps its secret out of what check() rejects with",
    needs: ({ secret, check }) => secret && check,
    run: async (bench) => {
      const running = await bench.start();
      const { target, clock, subject } = bench;
      const checkOnce = async (isHanging: () => boolean): Promise<void> => {
        const call = new AbortableCall("check()", (signal) => running.sink.check?.({ signal }));
        await running.until("check() ended, or hangs", () => call.result !== undefined || isHanging());
        assertClean(bench, await call.abort(clock), "what check() rejects with");
      };
      for (const fault of CHECK_FAULTS.filter(({ kind }) => subject.target.faults.includes(kind))) {
        target.fault = () => fault;
        const before = target.requests.length;
        await checkOnce(() => fault.kind === "hang" && target.requests.length > before);
      }
      await target.goDown();
      await checkOnce(() => false);
    },
  },
];

function assertClean({ secret }: SinkBench, value: unknown, place: string): void {
  const form = leakIn(value, secret);
  assert.equal(
    form,
    undefined,
    `The sink's secret is in ${place}, ${form}: leave it out, and what an answer says too.`,
  );
}
