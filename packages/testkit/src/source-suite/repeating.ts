import assert from "node:assert/strict";
import type { RunningSource } from "./running-source.ts";
import type { SourceBench } from "./source-bench.ts";
import { StoreContents } from "./source-store.ts";
import type { Declared } from "./source-subject.ts";
import type { SourceTest } from "./source-test.ts";

const needsIds = ({ ids }: Declared): boolean => ids;
const ONCE =
  "What comes again under its id is stored once: publish it under an event id that is made of the upstream's, and the same each time.";

export const repeating: readonly SourceTest[] = [
  {
    name: "stores once what is offered again",
    needs: needsIds,
    run: async (bench) => {
      const running = await bench.start();
      await running.untilTaken(running.offer("repeated"));

      await running.untilTaken(running.offer("repeated"));

      assert.equal(running.stored("repeated").length, 1, ONCE);
    },
  },
  {
    name: "stores once what is offered twice at the same time",
    needs: needsIds,
    run: async (bench) => {
      const running = await bench.start();
      running.store.hold();
      const offerings = [running.offer("repeated"), running.offer("repeated")];
      await running.untilLater("the source publishes", () => running.store.held > 0);
      await running.aWhile(0);

      running.store.release();
      for (const offering of offerings) await running.untilTaken(offering);

      assert.equal(running.stored("repeated").length, 1, ONCE);
    },
  },
  {
    name: "stores once what is offered again to the next bus",
    needs: needsIds,
    run: async (bench) => {
      const first = await bench.start();
      await first.untilTaken(first.offer("repeated"));
      await first.stop();

      const second = await bench.start();
      await second.untilTaken(second.offer("repeated"));

      assert.equal(second.stored("repeated").length, 1, `${ONCE} What a process remembers ends with it.`);
    },
  },
  {
    name: "knows nothing that its store does not know",
    run: async (bench) => {
      const plugin = bench.plugin();
      const first = await bench.start({ plugin });
      await first.untilTaken(first.offer("repeated"));
      await first.stop();

      const elsewhere = await bench.start({ plugin, contents: new StoreContents() });
      await elsewhere.untilTaken(elsewhere.offer("repeated"));

      assert.equal(
        elsewhere.stored("repeated").length,
        1,
        "What another store has is not in this one: what was published is remembered by event ids or in STATE, never in the module.",
      );
    },
  },
  {
    name: "tells apart what differs in its id alone",
    needs: needsIds,
    run: async (bench) => {
      const running = await bench.start();

      await running.untilTaken(running.offer("twin", { id: "id-of-one" }));
      await running.untilTaken(running.offer("twin", { id: "id-of-the-other" }));

      assert.equal(running.stored("twin").length, 2, "Two things with ids of their own are two events.");
    },
  },
  {
    name: "takes again what it was killed over",
    run: async (bench) => {
      const next = await takenAfterKill(bench, "killed-over");

      assert.ok(next.stored("killed-over").length > 0, "What was taken must be in the store.");
    },
  },
  {
    name: "stores once what was stored as it was killed",
    needs: needsIds,
    run: async (bench) => {
      const next = await takenAfterKill(bench, "killed-over");

      assert.equal(next.stored("killed-over").length, 1, ONCE);
    },
  },
];

/** The process ends when the store has the event, and the upstream does not know it; the next one is offered the same. */
async function takenAfterKill(bench: SourceBench, marker: string): Promise<RunningSource> {
  const killed = await bench.start();
  killed.store.hold();
  const offering = killed.offer(marker);
  await killed.untilLater("the source publishes", () => killed.store.held > 0);
  killed.kill();
  killed.store.release();
  await killed.until("the store has the event", () => killed.stored(marker).length > 0);

  const next = await bench.start();
  await next.untilTaken(next.again(offering));
  return next;
}
