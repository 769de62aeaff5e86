import assert from "node:assert/strict";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";

const needs: SinkTest["needs"] = ({ refusal }) => refusal !== undefined;

export const poison: readonly SinkTest[] = [
  {
    name: "ends a refused event as a dead letter that says why",
    needs,
    run: async (bench) => {
      bench.target.refused.add("poison");
      const running = await bench.start();

      await running.publish("poison");
      const [delivery] = await running.untilAllEnded();

      assert.equal(delivery?.state, "dead", "what the target refuses for good is to end as a dead letter");
      assert.ok(delivery.reason, "the outcome of what is refused has a reason: it is all that an operator sees");
    },
  },
  {
    name: "delivers the rest of a batch when its first event is refused",
    needs,
    run: (bench) => refuses(bench, batchOf(bench), (index) => index === 0),
  },
  {
    name: "delivers the rest of a batch when one in its middle is refused",
    needs,
    run: (bench) => refuses(bench, batchOf(bench), (index, count) => index === Math.floor(count / 2)),
  },
  {
    name: "delivers the rest of a batch when its last event is refused",
    needs,
    run: (bench) => refuses(bench, batchOf(bench), (index, count) => index === count - 1),
  },
  {
    name: "delivers the rest of a batch when two of it are refused",
    needs,
    run: (bench) => refuses(bench, batchOf(bench), (index, count) => index === 1 || index === count - 1),
  },
  {
    name: "delivers the rest of a backlog when one event of each batch is refused",
    needs,
    run: (bench) => {
      const count = batchOf(bench);
      return refuses(bench, 8 * count, (index) => index % count === 1);
    },
  },
];

/** As many as the sink takes at once, but enough for a first, a middle and a last one. */
function batchOf({ subject: { batch = 1 } }: SinkBench): number {
  return Math.max(batch, 3);
}

/** The others take effect as they would without the refused ones, and the refused ones end alone. */
async function refuses(
  bench: SinkBench,
  count: number,
  isPoison: (index: number, count: number) => boolean,
): Promise<void> {
  const markers = Array.from({ length: count }, (_, index) => `item ${index}`);
  const poisoned = markers.filter((_, index) => isPoison(index, count));
  for (const marker of poisoned) bench.target.refused.add(marker);
  const running = await bench.start();

  await running.publish(...markers);
  const deliveries = await running.untilAllEnded();

  const isDead = deliveries.map(({ state }) => state === "dead");
  assert.deepEqual(
    markers.filter((_, index) => isDead[index]),
    poisoned,
    "those that the target refuses end as dead letters, and no other",
  );
  assert.deepEqual(
    bench.effects.toSorted(),
    markers.filter((marker) => !poisoned.includes(marker)).toSorted(),
    "all others take effect, each once, whatever stands beside them",
  );
}
