import assert from "node:assert/strict";
import type { DeliveryPolicy, DeliveryView } from "@bus/core";
import { whileMoving } from "../suite/until.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";

/** More than a breaker would bear. */
const MANY = 12;
const ROUNDS = 10;
const BETWEEN_ROUNDS_MS = 60_000;

const FIRST_RETRY_MS = 5_000;
/** Whatever the plugin's own: the target stays down for less than these attempts take. */
const PATIENT: DeliveryPolicy = { retry: { baseMs: FIRST_RETRY_MS, factor: 2, maxMs: 60_000, attempts: 100 } };

/** What the sink does for a target that was out of order and is well again. */
export const healing: readonly SinkTest[] = [
  {
    name: "starts while its target is down, and delivers once it is up",
    run: async (bench) => {
      await bench.target.goDown();
      const running = bench.prepare({ policy: PATIENT });
      await whileMoving(bench.clock, "the bus started while the target was down", running.bus.start());
      await running.publish("a");
      await running.untilCalls(1);

      await bench.target.comeUp();

      assertDelivered(await running.untilAllEnded());
      assertTaken(bench, ["a"]);
    },
  },
  {
    name: "delivers again after its target was down for a while",
    run: async (bench) => {
      const running = await bench.start({ policy: PATIENT });
      await running.publish("before");
      await running.untilAllEnded();
      await bench.target.goDown();
      await running.publish("while");
      await running.untilCalls(2);

      await bench.target.comeUp();
      await running.publish("after");

      assertDelivered(await running.untilAllEnded());
      assertTaken(bench, ["before", "while", "after"]);
    },
  },
  {
    name: "goes on by itself after many failures in a row",
    needs: ({ faults }) => faults.has("error"),
    run: async (bench) => {
      const running = await bench.start({ policy: PATIENT });
      bench.target.fault = () => ({ kind: "error" });
      await running.publish(...Array.from({ length: MANY }, (_, index) => `item-${index}`));
      for (let round = 0; round < ROUNDS; round += 1) {
        await running.until("the calls under way have ended", () =>
          running.calls.every(({ isUnderWay }) => !isUnderWay),
        );
        await bench.clock.advance(BETWEEN_ROUNDS_MS);
      }

      bench.target.fault = () => undefined;

      assertDelivered(await running.untilAllEnded());
      const lanes = await running.bus.lanes.list();
      const held = lanes.filter(({ status }) => status.state !== "active");
      assert.deepEqual(held, [], "Its target is well again: no lane is to be left paused or disabled.");
    },
  },
  {
    name: "delivers after a restart what it could not before",
    run: async (bench) => {
      const first = await bench.start({ policy: PATIENT });
      await bench.target.goDown();
      await first.publish("a");
      await first.untilCalls(1);
      await first.stop();
      const second = await bench.start({ policy: PATIENT });
      await second.publish("b");
      const old = first.calls[0]?.batch[0]?.id;
      const isTried = (): boolean => second.calls.some(({ batch }) => batch.some(({ id }) => id === old));
      for (let round = 0; round < ROUNDS && !isTried(); round += 1)
        await bench.clock.advance(FIRST_RETRY_MS * 2 ** round);
      await second.until("what failed before the restart was tried again", () => {
        return isTried() && second.calls.every(({ isUnderWay }) => !isUnderWay);
      });

      await bench.target.comeUp();

      assertDelivered(await second.untilAllEnded());
      assertTaken(bench, ["a", "b"]);
    },
  },
];

function assertDelivered(deliveries: readonly DeliveryView[]): void {
  for (const { state, reason } of deliveries)
    assert.equal(state, "delivered", `A delivery ended as ${state}: ${reason ?? "no reason was given"}`);
}

function assertTaken({ target }: SinkBench, markers: readonly string[]): void {
  assert.deepEqual(target.effects.map(({ marker }) => marker).toSorted(), markers.toSorted());
}
