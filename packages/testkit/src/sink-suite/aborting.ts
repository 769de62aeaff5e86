import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Outcome } from "@bus/core";
import { AbortableCall } from "./abortable-call.ts";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { OpenTarget } from "./sink-target.ts";
import type { SinkTest } from "./sink-test.ts";

/** Longer than a sink would wait to try again by itself; of real time, so long that a request sent late has come in. */
const LATER_MS = 10 * 60 * 1000;
const REAL_WAIT_MS = 60;

/** An answer that comes after the abort of another call. */
const SLOW_MS = 300;

/** Longer than a sink waits for more to send along. */
const COMPANY_MS = 20;

type DeliverCall = AbortableCall<readonly Outcome[]>;

/** What comes of a call whose signal aborts: it ends within 250 ms, and leaves nothing behind. */
export const aborting: readonly SinkTest[] = [
  {
    name: "sends nothing when its signal has aborted before",
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("too-late");
      const before = bench.target.requests.length;
      const call = deliverCall(running, batch, { isAborted: true });

      const outcomes = await outcomesAfterAbort(call, bench);

      await later(bench);
      assert.equal(bench.target.requests.length, before, "The signal had aborted, and the sink sent all the same.");
      assertNoneDelivered(outcomes);
    },
  },
  {
    name: "ends soon when its signal aborts as it begins",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("a");
      bench.target.fault = () => ({ kind: "hang" });
      const call = deliverCall(running, batch);

      assertNoneDelivered(await outcomesAfterAbort(call, bench));
    },
  },
  {
    name: "ends soon when its signal aborts and no answer comes",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const { call } = await hangingCall(bench, ["hanging"]);

      assertNoneDelivered(await outcomesAfterAbort(call, bench));
    },
  },
  {
    name: "ends soon when its signal aborts and no answer comes to a full batch",
    needs: ({ faults, batch }) => faults.has("hang") && batch > 1,
    run: async (bench) => {
      const markers = Array.from({ length: bench.subject.batch ?? 1 }, (_, index) => `item-${index}`);
      const { call } = await hangingCall(bench, markers);

      const outcomes = await outcomesAfterAbort(call, bench);

      if (outcomes) assert.equal(outcomes.length, markers.length, "deliver() returns one outcome per delivery");
      assertNoneDelivered(outcomes);
    },
  },
  {
    name: "ends soon when its signal aborts in the middle of an answer",
    needs: ({ faults }) => faults.has("drip"),
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("a");
      bench.target.fault = () => ({ kind: "drip" });
      const call = deliverCall(running, batch);
      await call.untilAnswering(bench);

      await outcomesAfterAbort(call, bench);
    },
  },
  {
    name: "closes the connection over which it waited when its signal aborts",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const { running, call } = await hangingCall(bench, ["a"]);

      await outcomesAfterAbort(call, bench);

      await running.until("the request that hung at the abort of its signal is broken off", () => {
        return bench.target.underWay === 0;
      });
    },
  },
  {
    name: "sends nothing after its signal has aborted",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const { call } = await hangingCall(bench, ["late"]);
      const before = bench.target.requests.length;
      bench.target.fault = () => undefined;

      await outcomesAfterAbort(call, bench);

      await later(bench);
      assert.equal(bench.target.requests.length, before, "The sink sent something after its signal had aborted.");
      assert.deepEqual(bench.target.effects, [], "Something took effect after the signal had aborted.");
    },
  },
  {
    name: "ends only the call whose signal aborts",
    needs: ({ faults }) => faults.has("hang") && faults.has("slow"),
    run: async (bench) => {
      const { running, batches } = await twoBatches(bench, (items) =>
        items.some(({ marker }) => marker === "second") ? { kind: "slow", ms: SLOW_MS } : { kind: "hang" },
      );
      const first = deliverCall(running, batches[0]);
      // Calls that begin at once may share a request, and its end.
      await untilRequested(bench, running, first);
      const second = deliverCall(running, batches[1]);
      await untilSent(bench, running, second);

      await first.abort(bench.clock);

      await running.until("the call whose signal has not aborted ended", () => second.result !== undefined);
      const outcomes = second.result?.status === "fulfilled" ? second.result.value : [];
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ["delivered"],
        "The signal of one call aborted, and another call that was under way was not delivered: each call has a signal of its own.",
      );
    },
  },
  {
    name: "ends soon when the signals of two calls abort",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const { running, batches } = await twoBatches(bench, () => ({ kind: "hang" }));
      const both = new AbortableCall("deliver(), twice at once,", async (signal) => {
        const each = batches.map((batch) => running.sink.deliver(batch, { signal: AbortSignal.any([signal]) }));
        return (await Promise.all(each)).flat();
      });
      await untilSent(bench, running, both);

      assertNoneDelivered(await outcomesAfterAbort(both, bench));
    },
  },
];

async function twoBatches(
  bench: SinkBench,
  fault: OpenTarget["fault"],
): Promise<{ running: RunningSink; batches: readonly [readonly Delivery[], readonly Delivery[]] }> {
  const running = await bench.start();
  const batches = [await running.take("first"), await running.take("second")] as const;
  bench.target.fault = fault;
  return { running, batches };
}

/** A sink may send one request after the other, so that nothing tells when the last is in. */
async function untilSent(bench: SinkBench, running: RunningSink, call: DeliverCall): Promise<void> {
  await untilRequested(bench, running, call);
  await bench.clock.advance(COMPANY_MS);
  await sleep(REAL_WAIT_MS);
}

function deliverCall(
  running: RunningSink,
  batch: readonly Delivery[],
  options: { readonly isAborted?: boolean } = {},
): DeliverCall {
  return new AbortableCall("deliver()", (signal) => running.sink.deliver(batch, { signal }), options);
}

/** One whose request has come in, and is not answered. */
async function hangingCall(
  bench: SinkBench,
  markers: readonly string[],
): Promise<{ running: RunningSink; call: DeliverCall }> {
  const running = await bench.start();
  const batch = await running.take(...markers);
  bench.target.fault = () => ({ kind: "hang" });
  const call = deliverCall(running, batch);
  await untilRequested(bench, running, call);
  assert.equal(call.result, undefined, "deliver() ended while it waited for the target's answer");
  return { running, call };
}

async function untilRequested(bench: SinkBench, running: RunningSink, call: AbortableCall<unknown>): Promise<void> {
  await running.until("the request came in", () => call.result !== undefined || bench.target.requests.length > 0);
}

/** Undefined when it threw, by which nothing is called delivered. */
async function outcomesAfterAbort(call: DeliverCall, bench: SinkBench): Promise<readonly Outcome[] | undefined> {
  const result = await call.abort(bench.clock);
  return result.status === "fulfilled" ? result.value : undefined;
}

function assertNoneDelivered(outcomes: readonly Outcome[] = []): void {
  for (const { kind } of outcomes)
    assert.ok(
      kind === "retry" || kind === "pause",
      `Its signal aborted before anything took effect, and the sink said "${kind}": that loses the event.`,
    );
}

/** Whatever the sink does on its own after the call. */
async function later({ clock }: SinkBench): Promise<void> {
  await sleep(REAL_WAIT_MS);
  await clock.advance(LATER_MS);
  await sleep(REAL_WAIT_MS);
}
