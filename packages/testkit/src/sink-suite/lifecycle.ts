import assert from "node:assert/strict";
import { memoryStore } from "@bus/core";
import { leakIn } from "../suite/leak.ts";
import { requestsDuring, type RequestHead } from "../suite/overheard-requests.ts";
import type { OpenTarget } from "./sink-target.ts";
import type { SinkTest } from "./sink-test.ts";

export const lifecycle: readonly SinkTest[] = [
  {
    name: "delivers an event",
    run: async (bench) => {
      const running = await bench.start();

      await running.publish("hello");
      const [delivery] = await running.untilAllEnded();

      assert.equal(delivery?.state, "delivered", delivery?.reason);
      assert.deepEqual(bench.effects, ["hello"], "what is called delivered has taken effect once");
    },
  },
  {
    name: "starts and stops when there is nothing to deliver",
    run: async (bench) => {
      const running = await bench.start();
      await running.stop();

      assert.deepEqual(running.reported, []);
      assert.deepEqual(bench.effects, []);
    },
  },
  {
    name: "works in one bus after another, whether the host makes it once or anew",
    run: async (bench) => {
      const plugin = bench.plugin();

      const first = await bench.start({ plugin });
      await first.publish("first");
      await first.untilAllEnded();
      await first.stop();
      const second = await bench.start({ plugin });
      await second.publish("second");
      await second.untilAllEnded();
      await second.stop();
      const third = await bench.start();
      await third.publish("third");
      await third.untilAllEnded();

      assert.deepEqual(bench.effects, ["first", "second", "third"]);
      assert.notEqual(first.sink, second.sink, "each bus has a sink of its own: make it in create, not in the factory");
    },
  },
  {
    name: "may be stopped twice",
    run: async (bench) => {
      const running = await bench.start();
      await running.publish("hello");
      await running.untilAllEnded();

      await running.stop();

      await assert.doesNotReject(async () => running.sink.stop?.(), "stop() is idempotent");
    },
  },
  {
    name: "shares nothing between two buses that run at the same time",
    run: async (bench) => {
      const plugin = bench.plugin();
      const one = await bench.start({ plugin, store: memoryStore() });
      const other = await bench.start({ plugin, store: memoryStore() });

      await Promise.all([one.publish("one"), other.publish("other")]);
      await one.untilAllEnded();
      await other.untilAllEnded();
      await one.stop();
      await other.publish("another");
      await other.untilAllEnded();

      assert.deepEqual(bench.effects.toSorted(), ["another", "one", "other"]);
      assert.notEqual(one.sink, other.sink, "each bus has a sink of its own: make it in create, not in the factory");
    },
  },
  {
    name: "keeps apart what two plugins were given that work at the same time",
    run: async (bench) => {
      const { subject, secret, anotherSecret } = bench;
      const elsewhere = await bench.anotherTarget();

      const requests = await requestsDuring(async () => {
        const plugin = subject.create({ url: elsewhere.url, secret: anotherSecret }, {});
        const one = await bench.start({ store: memoryStore() });
        const other = await bench.start({ store: memoryStore(), plugin });
        await Promise.all([one.publish("one"), other.publish("other")]);
        await one.untilAllEnded();
        await other.untilAllEnded();
      });

      assert.deepEqual(bench.effects, ["one"], "each sends to its own target");
      assert.deepEqual(
        elsewhere.effects.map(({ marker }) => marker),
        ["other"],
        "each sends to its own target",
      );
      const stray = requests.some((request) => leakIn(request, isTo(elsewhere, request) ? secret : anotherSecret));
      assert.ok(!stray, "a request bears the secret of the other plugin: keep nothing of the options in the module");
    },
  },
  {
    name: "stops in time while the target hangs, and the next bus delivers",
    needs: ({ faults }) => faults.has("hang"),
    run: async (bench) => {
      const running = await bench.start();
      const before = bench.target.requests.length;
      bench.target.fault = () => ({ kind: "hang" });
      await running.publish("held up");
      await running.until("the target has the request", () => bench.target.requests.length > before);

      await running.stop();
      bench.target.fault = () => undefined;
      const next = await bench.start();
      const [delivery] = await next.untilAllEnded();

      assert.equal(delivery?.state, "delivered", "what a stop cuts short is kept for the next bus");
      assert.deepEqual(bench.effects, ["held up"]);
    },
  },
];

function isTo({ url }: OpenTarget, { port }: RequestHead): boolean {
  return new URL(url).port === String(port);
}
