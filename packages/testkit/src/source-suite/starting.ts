import assert from "node:assert/strict";
import { StoreContents } from "./source-store.ts";
import type { SourceTest } from "./source-test.ts";

export const starting: readonly SourceTest[] = [
  {
    name: "publishes what it is offered",
    run: async (bench) => {
      const running = await bench.start();

      const offering = await running.offered("hello");

      assert.ok(offering.isTaken, `What is right is taken. It was ${offering.shown}.`);
      const events = bench.contents.recorded;
      assert.deepEqual(
        events.map(({ type, data }) => [type, data.includes("hello")]),
        [[bench.subject.type, true]],
        "What is offered becomes one event of the declared type, with the marker in its data.",
      );
    },
  },
  {
    name: "takes nothing before it is started",
    run: async (bench) => {
      const running = bench.prepare({ isStartHeld: true });
      const started = running.bus.start();
      started.catch(() => undefined);
      await running.until("the source is made", () => running.watched.source !== undefined);

      const early = running.offer("early");
      await running.aWhile(1_000);
      const { isLeft, shown } = early;
      running.collector.letStart();
      await running.whileMoving("the bus started", started);
      await running.untilTaken(early);

      assert.ok(
        isLeft,
        `A source that has not been started cannot publish, and what it is offered must come again. It was ${shown}.`,
      );
      assert.ok(running.stored("early").length > 0, "What was taken must be in the store.");
    },
  },
  {
    name: "keeps what it takes while it starts",
    run: async (bench) => {
      const running = bench.prepare();
      const offerings: ReturnType<typeof running.offer>[] = [];
      running.watched.whenStarting = () => offerings.push(running.offer("early"), running.offer("as-early"));
      await running.start();

      for (const offering of offerings) await running.untilTaken(offering);

      const stored = ["early", "as-early"].map((marker) => running.stored(marker).length > 0);
      assert.deepEqual(stored, [true, true], "What was taken while the source started must be in the store.");
    },
  },
  {
    name: "takes what the sinks are too slow for",
    run: async (bench) => {
      const running = await bench.start();
      running.collector.hold();

      const offerings = [await running.offered("first"), await running.offered("second")];
      running.collector.release();
      await running.untilLater("the sink has both events", () => running.collector.received.length >= 2);

      assert.deepEqual(
        offerings.map(({ answer }) => answer?.kind),
        ["taken", "taken"],
        "The store has what was published, whatever becomes of it: a source waits for no sink.",
      );
    },
  },
  {
    name: "works in one bus after the other",
    run: async (bench) => {
      const plugin = bench.plugin();
      const first = await bench.start({ plugin });
      await first.untilTaken(await first.offered("first"));
      await first.stop();

      const second = await bench.start({ plugin });
      await second.untilTaken(await second.offered("second"));

      assert.deepEqual(
        [second.stored("first").length, second.stored("second").length],
        [1, 1],
        "A plugin is made anew for each bus: keep nothing outside of what create makes.",
      );
    },
  },
  {
    name: "works in two buses at once",
    run: async (bench) => {
      const plugin = bench.plugin();
      const here = await bench.start({ plugin });
      const there = await bench.start({ plugin, contents: new StoreContents() });
      const isQueue = bench.declared.kind === "queue";
      const countOf = (marker: string): number[] => [here, there].map((bus) => bus.stored(marker).length);

      await here.untilTaken(await here.offered("to-here"));
      await there.untilTaken(await there.offered("to-there"));
      await here.stop();
      await there.untilTaken(await there.offered("later-there"));

      const counts = ["to-here", "to-there", "later-there"].map(countOf);
      // Of a queue, who fetches it has it.
      const shown = isQueue ? counts.map(([a = 0, b = 0], index) => (index < 2 ? [a + b] : [a, b])) : counts;
      assert.deepEqual(
        shown,
        isQueue
          ? [[1], [1], [0, 1]]
          : [
              [1, 0],
              [0, 1],
              [0, 1],
            ],
        "What one bus is offered the other must not publish, and one that stops must not stop the other.",
      );
    },
  },
];
