import assert from "node:assert/strict";
import type { Sink } from "@bus/core";
import { collectGarbage } from "../suite/collect-garbage.ts";
import { AbortableCall } from "./abortable-call.ts";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { Declared } from "./sink-subject.ts";
import type { SinkTest } from "./sink-test.ts";
import type { TargetFault } from "./sink-target.ts";

const needsStatus = ({ check, faults }: Declared): boolean => check && faults.has("status");
const needsHang = ({ check, faults }: Declared): boolean => check && faults.has("hang");

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];
const SOME_FAULTS: readonly (TargetFault | undefined)[] = [undefined, { kind: "error" }, { kind: "hang" }];

/** Each takes a moment. */
const MOST_COLLECTIONS = 12;

/** `check()` tells whether the target is well, and touches nothing there. */
export const checking: readonly SinkTest[] = [
  {
    name: "check() resolves when its target is well, and changes nothing there",
    needs: ({ check }) => check,
    run: async (bench) => {
      const running = await bench.start();

      const error = await failureOfCheck(running);

      assert.equal(error, undefined, `check() rejected, and the target is well: ${String(error)}`);
      assert.deepEqual(bench.target.effects, [], "check() changed something at its target");
      assert.deepEqual(await running.deliveries(), []);
    },
  },
  {
    name: "check() asks only by methods that change nothing",
    needs: ({ check }) => check,
    run: async (bench) => {
      const running = await bench.start();
      const before = bench.target.methods?.length;

      await failureOfCheck(running);

      const changing = bench.target.methods?.slice(before).filter((method) => !SAFE_METHODS.includes(method)) ?? [];
      assert.deepEqual(changing, [], `check() is to look, and no more: over HTTP by ${SAFE_METHODS.join(", ")}.`);
    },
  },
  {
    name: "check() leaves no listener behind on its signal",
    needs: ({ check }) => check,
    run: async (bench) => {
      const running = await bench.start();
      const { target, subject, clock } = bench;
      const faults = SOME_FAULTS.filter((fault) => !fault || subject.target.faults.includes(fault.kind));
      for (const fault of faults) {
        target.fault = () => fault;
        const before = target.requests.length;
        const call = checkCall(running);
        await running.until("check() ended, or hangs", () => {
          return call.result !== undefined || (fault?.kind === "hang" && target.requests.length > before);
        });
        if (!call.result) await call.abort(clock);

        let collections = 0;
        const isClean = (): boolean => {
          // Those of `fetch` go when its request is collected.
          if (call.listeners > 0 && (collections += 1) <= MOST_COLLECTIONS) collectGarbage();
          return call.listeners === 0;
        };
        await running.until("nothing listens any more to the signal that check() got", isClean);
      }
    },
  },
  {
    name: "check() rejects when its target is down",
    needs: ({ check }) => check,
    run: async (bench) => {
      const running = await bench.start();
      await bench.target.goDown();

      assertSays(await failureOfCheck(running), "the target is down");
    },
  },
  {
    name: "check() rejects when its target refuses the credentials",
    needs: needsStatus,
    run: (bench) => rejectsAt(bench, { kind: "status", status: 401 }, "the target answers 401"),
  },
  {
    name: "check() rejects when its target is out of order",
    needs: ({ check, faults }) => check && faults.has("error"),
    run: (bench) => rejectsAt(bench, { kind: "error" }, "the target is out of order"),
  },
  {
    name: "check() rejects soon when its signal aborts and no answer comes",
    needs: needsHang,
    run: async (bench) => {
      const running = await bench.start();
      bench.target.fault = () => ({ kind: "hang" });
      const call = checkCall(running);
      await running.until("the request of check() came in", () => {
        return call.result !== undefined || bench.target.underWay > 0;
      });

      const result = await call.abort(bench.clock);

      assert.equal(result.status, "rejected", "check() resolved, and the target did not answer");
    },
  },
  {
    name: "check() resolves while a delivery waits for its answer",
    needs: needsHang,
    run: async (bench) => {
      const running = await bench.start();
      bench.target.fault = (items) => (items.length > 0 ? { kind: "hang" } : undefined);
      await running.publish("a");
      await running.until("the delivery came in", () => bench.target.requests.length > 0);

      const error = await failureOfCheck(running);

      assert.equal(error, undefined, `check() rejected while a delivery was under way: ${String(error)}`);
      assert.ok(
        running.calls.every(({ isUnderWay }) => isUnderWay),
        "check() ended the delivery that was under way",
      );
      // So that the bus has nothing to wait for when it stops.
      await bench.target.goDown();
    },
  },
];

async function rejectsAt(bench: SinkBench, fault: TargetFault, what: string): Promise<void> {
  const running = await bench.start();
  bench.target.fault = () => fault;

  assertSays(await failureOfCheck(running), what);
}

function checkCall({ sink }: RunningSink): AbortableCall<void> {
  const check: NonNullable<Sink["check"]> = (context) => sink.check?.(context);
  return new AbortableCall("check()", (signal) => check({ signal }));
}

/** What check() rejects with; undefined when it resolves. */
async function failureOfCheck(running: RunningSink): Promise<unknown> {
  const call = checkCall(running);
  await running.until("check() ended by itself", () => call.result !== undefined);
  return call.result?.status === "rejected" ? (call.result.reason ?? "undefined") : undefined;
}

/** Whoever operates the host reads it. */
function assertSays(error: unknown, what: string): void {
  assert.notEqual(error, undefined, `check() resolved, and ${what}`);
  assert.ok(
    error instanceof Error && error.message.trim() !== "",
    `check() rejects with an Error whose message says what is wrong; it rejected with: ${String(error)}`,
  );
}
