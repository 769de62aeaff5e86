import assert from "node:assert/strict";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";
import type { TargetItem } from "./sink-target.ts";

const FAILURES = 3;

export const identity: readonly SinkTest[] = [
  {
    name: "sends the same item with the same id on every attempt",
    needs: ({ ids, faults }) => ids && faults.has("error"),
    run: async (bench) => {
      let failures = 0;
      bench.target.fault = (items) => (items.length > 0 && ++failures <= FAILURES ? { kind: "error" } : undefined);
      const running = await bench.start();

      await running.publish("again");
      await running.untilAllEnded();

      const sent = sentTo(bench);
      assert.ok(sent.length > FAILURES, "what failed is sent again");
      assertOne(
        sent,
        "a retry sends what the first attempt sent: the target knows it by its id, so make it of the delivery's",
      );
    },
  },
  {
    name: "sends the same item with the same id after the bus has been started anew",
    needs: ({ ids, faults }) => ids && faults.has("error"),
    run: async (bench) => {
      bench.target.fault = (items) => (items.length > 0 ? { kind: "error" } : undefined);
      const running = await bench.start();
      await running.publish("again");
      await running.untilCalls(1);
      await running.stop();

      bench.target.fault = () => undefined;
      const next = await bench.start();
      await next.untilAllEnded();

      const sent = sentTo(bench);
      assert.ok(sent.length > 1, "what failed is sent again");
      assertOne(
        sent,
        "the next bus sends what the one before sent: make the id of the delivery's, not of what is in memory",
      );
    },
  },
  {
    name: "sends again what is replayed",
    run: async (bench) => {
      await replay(bench);

      const { length } = sentTo(bench);
      assert.ok(length > 1, "who replays wants it sent: the target alone knows whether that did take effect before");
    },
  },
  {
    name: "sends the same item with the same id when it is replayed",
    needs: ({ ids }) => ids,
    run: async (bench) => {
      await replay(bench);

      assertOne(sentTo(bench), "a replay sends what the first attempt sent: the target may know it already");
    },
  },
  {
    name: "gives no two events the same id, in this bus and the next",
    needs: ({ ids }) => ids,
    run: async (bench) => {
      const running = await bench.start();
      await running.publish("one", "two");
      await running.untilAllEnded();
      await running.stop();
      const next = await bench.start();
      await next.publish("three");
      await next.untilAllEnded();

      const ids = sentTo(bench).map(idOf);
      assert.deepEqual(ids, [...new Set(ids)], "by the same id the target takes another event for a second sending");
    },
  },
];

async function replay(bench: SinkBench): Promise<void> {
  const running = await bench.start();
  await running.publish("again");
  const [delivery] = await running.untilAllEnded();

  await running.bus.deliveries.replay(delivery?.id ?? "");
  await running.untilAllEnded();

  assert.equal(running.calls.length, 2, "a replay is delivered like anything else");
}

/** In order. */
function sentTo({ target }: SinkBench): readonly TargetItem[] {
  return target.requests.flat();
}

function assertOne(sent: readonly TargetItem[], why: string): void {
  for (const item of sent) {
    idOf(item);
    assert.deepEqual(item, sent[0], why);
  }
}

function idOf({ id, marker }: TargetItem): string {
  assert.ok(
    id,
    `the target sees no id of "${marker}": let its \`read\` give it, or say \`ids: false\` if none is sent`,
  );
  return id;
}
