import assert from "node:assert/strict";
import type { SourceTest } from "./source-test.ts";

/** Of the time that a source has to stop. */
const A_PART_MS = 100;

export const stopping: readonly SourceTest[] = [
  {
    name: "takes nothing once it is to stop",
    run: async (bench) => {
      const running = await bench.start();
      running.store.hold();
      const underWay = running.offer("under-way");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.beginStop();
      const late = running.offer("late");
      await running.aWhile(A_PART_MS);
      running.store.release();
      await running.stop();
      await running.aWhile(0);

      assert.ok(
        late.isLeft,
        `What comes while the source stops must come again, for the next bus: over HTTP answer 503. It was ${late.shown}.`,
      );
      assert.equal(running.stored("late").length, 0, "What comes after the stop began must not be published.");
      assert.notEqual(underWay.answer?.kind, "refused");
    },
  },
  {
    name: "answers what is under way before it has stopped",
    needs: ({ kind }) => kind === "caller",
    run: async (bench) => {
      const running = await bench.start();
      running.store.hold();
      const underWay = running.offer("under-way");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.beginStop();
      await running.aWhile(A_PART_MS);
      running.store.release();
      await running.stop();

      const isAnswered = running.until("what was under way is answered", () => underWay.answer !== undefined);
      await assert.doesNotReject(
        isAnswered,
        "stop() waits for what is being published, and for its caller to hear of it.",
      );
    },
  },
  {
    name: "calls nothing taken that was not stored as it stopped",
    run: async (bench) => {
      const running = await bench.start();
      running.store.hold();
      const underWay = running.offer("under-way");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.beginStop();
      running.store.failing = "append";
      await running.aWhile(A_PART_MS);
      running.store.release();
      await running.stop();
      await running.aWhile(0);

      assert.ok(
        underWay.isLeft,
        `What the store failed to take must come again, also at the end. It was ${underWay.shown}.`,
      );
    },
  },
  {
    name: "stores nothing after it has stopped",
    run: async (bench) => {
      const running = await bench.start();
      let atStop: number | undefined;
      running.watched.whenStopped = () => (atStop = bench.contents.recorded.length);
      running.store.hold();
      running.offer("under-way");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.beginStop();
      await running.aWhile(A_PART_MS);
      running.store.release();
      await running.stop();
      await running.aWhile(0);

      assert.equal(bench.contents.recorded.length, atStop, "stop() resolves once what is being published has ended.");
    },
  },
  {
    name: "calls nothing taken that hangs in the store as it stops",
    run: async (bench) => {
      const running = await bench.start({ stopTimeoutMs: A_PART_MS * 10 });
      running.store.hold();
      const hanging = running.offer("hanging");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.beginStop();
      // Longer than the bus waits for the source, and then for the store.
      await running.aWhile(A_PART_MS * 30);

      assert.ok(
        hanging.isLeft,
        `Nothing is taken before publish() has resolved, however long that takes. It was ${hanging.shown}.`,
      );
    },
  },
  {
    name: "can be stopped a second time",
    run: async (bench) => {
      const running = await bench.start();
      await running.untilTaken(running.offer("first"));
      await running.stop();

      const again = running.whileMoving("stop() resolved once more", (async () => running.source.stop?.())());

      await assert.doesNotReject(again, "stop() is idempotent: the second time there is nothing to do.");
    },
  },
  {
    name: "stops while nothing has been offered",
    run: async (bench) => {
      const running = await bench.start();

      await assert.doesNotReject(running.stop());
    },
  },
  {
    name: "leaves to the next bus what came as it stopped",
    run: async (bench) => {
      const first = await bench.start();
      first.store.hold();
      const offerings = [first.offer("under-way")];
      await first.untilLater("the source publishes", () => first.store.held > 0);
      await first.beginStop();
      offerings.push(first.offer("late"));
      await first.aWhile(A_PART_MS);
      first.store.release();
      await first.end();

      const next = await bench.start();
      for (const offering of offerings) if (!offering.isTaken) await next.untilTaken(next.again(offering));

      const stored = ["under-way", "late"].map((marker) => next.stored(marker).length > 0);
      assert.deepEqual(stored, [true, true], "Between two buses nothing may be lost.");
    },
  },
];
