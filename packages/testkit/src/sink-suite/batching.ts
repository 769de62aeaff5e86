import assert from "node:assert/strict";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";

/** Text that needs care in JSON, in URLs, in HTML and in UTF-8. */
const UNUSUAL = String.raw`"quotes" 'and' \ / ? & = # % + <tag> äöü ñ 漢字 😀`;

export const batching: readonly SinkTest[] = [
  {
    name: "delivers one, some and as many as it takes at once",
    run: async (bench) => {
      const { most } = boundsOf(bench);
      const running = await bench.start();
      const all: string[] = [];

      for (const count of new Set([1, Math.ceil(most / 2), most])) {
        const markers = markersFor(`of ${count}`, count);
        all.push(...markers);
        const outcomes = await running.deliver(await running.take(...markers));

        assert.equal(outcomes.length, count, "deliver() gives one outcome for each delivery");
        assert.deepEqual(
          outcomes.map(({ kind }) => kind),
          markers.map(() => "delivered"),
        );
        assert.deepEqual(bench.effects.toSorted(), all.toSorted(), "each takes effect once");
      }
    },
  },
  {
    name: "asks for no more in one request than is declared",
    run: async (bench) => {
      const { most, perRequest } = boundsOf(bench);
      const running = await bench.start();
      const markers = markersFor("backlog", 4 * most + 1);

      await running.publish(...markers);
      await running.untilAllEnded();

      assert.deepEqual(bench.effects.toSorted(), markers.toSorted(), "each takes effect once");
      const largest = Math.max(...bench.target.requests.map((items) => items.length));
      assert.ok(
        largest <= perRequest,
        `a request asked for ${largest} items, where at most ${perRequest} are declared`,
      );
    },
  },
  {
    name: "says of each delivery in its place what became of it",
    needs: ({ refusal }) => refusal !== undefined,
    run: async (bench) => {
      const { most } = boundsOf(bench);
      const markers = markersFor("placed", most);
      // Not the same from behind.
      const refused = markers.filter((_, index) => index === 0 || index === most - 2);
      for (const marker of refused) bench.target.refused.add(marker);
      const running = await bench.start();

      const batch = await running.take(...markers);
      const outcomes = await running.deliver(batch);

      assert.equal(outcomes.length, most, "deliver() gives one outcome for each delivery");
      for (const [index, marker] of markers.entries()) {
        const kind = outcomes[index]?.kind;
        if (refused.includes(marker))
          assert.notEqual(kind, "delivered", `outcome ${index} is that of a delivery that the target refused`);
        else if (kind === "delivered")
          assert.ok(bench.effects.includes(marker), `delivery ${index} is called delivered, and took no effect`);
        // Where the whole request failed, nobody knows yet which item was at fault.
        else
          assert.equal(bench.subject.target.refusal, "outside", `delivery ${index} took effect, and is called ${kind}`);
      }
    },
  },
  {
    name: "keeps calls apart that are under way at the same time",
    run: async (bench) => {
      const { most } = boundsOf(bench);
      const running = await bench.start();
      const all = [most, 1, most].map((count, index) => markersFor(`call ${index}`, count));
      const batches = await running.take(...all.flat());
      const kept = [...batches];
      const refused = bench.subject.target.refusal === "inside" ? all.flatMap((markers) => markers.at(-1) ?? []) : [];
      for (const marker of refused.slice(1)) bench.target.refused.add(marker);

      const outcomes = await Promise.all(all.map(({ length }) => running.deliver(kept.splice(0, length))));

      for (const [index, markers] of all.entries()) {
        const isTaken = (marker: string): boolean => bench.effects.includes(marker);
        const delivered = outcomes[index]?.map(({ kind }) => kind === "delivered");
        assert.deepEqual(
          delivered,
          markers.map(isTaken),
          `the outcomes of call ${index} are those of its own deliveries`,
        );
      }
      const taken = all.flat().filter((marker) => !bench.target.refused.has(marker));
      assert.deepEqual(bench.effects.toSorted(), taken.toSorted(), "each takes effect once");
    },
  },
  {
    name: "changes nothing of what it is handed",
    run: async (bench) => {
      const { most } = boundsOf(bench);
      const running = await bench.start({ isFrozen: true });
      const markers = markersFor("frozen", most);
      const batch = await running.take(...markers);

      if (bench.subject.target.faults.includes("error")) {
        bench.target.fault = () => ({ kind: "error" });
        await running.deliver(batch);
        bench.target.fault = () => undefined;
      }
      const outcomes = await running.deliver(batch);

      assert.ok(
        outcomes.every(({ kind }) => kind === "delivered"),
        `frozen deliveries are delivered all the same: ${JSON.stringify(outcomes)}`,
      );
      assert.deepEqual(bench.effects.toSorted(), markers.toSorted());
    },
  },
  {
    name: "brings any text to the target as it is",
    run: async (bench) => {
      const running = await bench.start();

      await running.publish(UNUSUAL);
      await running.untilAllEnded();

      assert.deepEqual(bench.effects, [UNUSUAL]);
    },
  },
];

function boundsOf({ subject: { batch = 1, requestItems = batch } }: SinkBench): {
  readonly most: number;
  readonly perRequest: number;
} {
  return { most: batch, perRequest: requestItems };
}

function markersFor(what: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${what} ${index}`);
}
