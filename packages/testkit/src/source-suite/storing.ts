import assert from "node:assert/strict";
import { anySchema } from "../suite/any-schema.ts";
import type { SourceTest } from "./source-test.ts";

const A_MINUTE_MS = 60_000;
const MANY = 100;
const TEXT = "Grüße-Жизнь-你好-🍏";

export const storing: readonly SourceTest[] = [
  {
    name: "answers that it has taken something once the store has it, and not before",
    run: async (bench) => {
      const running = await bench.start();
      running.store.hold();
      const offering = running.offer("held");
      await running.untilLater("the source publishes", () => running.store.held > 0);

      await running.aWhile(A_MINUTE_MS);
      const { isLeft, shown } = offering;
      running.store.release();
      await running.untilTaken(offering);

      assert.ok(
        isLeft,
        `Nothing is taken before publish() has resolved: a process that ends now would lose it. It was ${shown}.`,
      );
    },
  },
  {
    name: "leaves to the upstream what the store did not append",
    run: async (bench) => {
      const running = await bench.start();
      running.store.failing = "append";

      const failed = running.offer("failed");
      await running.untilFailed(failed, () => running.store.asked > 0);

      assert.ok(
        failed.isLeft,
        `What is not in the store must come again: answer 5xx, or do not acknowledge it. It was ${failed.shown}.`,
      );
    },
  },
  {
    name: "takes what failed once the store is well, and what comes after it",
    run: async (bench) => {
      const running = await bench.start();
      running.store.failing = "append";
      const failed = running.offer("failed");
      await running.untilFailed(failed, () => running.store.asked > 0);
      running.store.failing = undefined;

      await running.untilTaken(running.again(failed));
      await running.untilTaken(running.offer("next"));

      assert.deepEqual(
        [running.stored("failed").length, running.stored("next").length],
        [1, 1],
        "What came again must be published: what failed must not be known as published.",
      );
    },
  },
  {
    name: "leaves to the upstream what came while the store, its state included, was out of order",
    run: async (bench) => {
      const running = await bench.start();
      running.store.failing = "all";

      const failed = running.offer("failed");
      await running.untilFailed(failed, () => running.store.asked > 0 || running.store.askedOfState > 0);
      const { isLeft, shown } = failed;
      running.store.failing = undefined;
      await running.untilTaken(running.again(failed));

      assert.ok(isLeft, `What is not in the store must come again. It was ${shown}.`);
      assert.equal(running.stored("failed").length, 1);
    },
  },
  {
    name: "says that it is full when the backlog is",
    run: async (bench) => {
      const running = await bench.start({ maxBacklog: 1 });
      running.collector.hold();
      await running.untilTaken(running.offer("first"));
      const asked = running.store.asked;

      const second = running.offer("second");
      await running.untilFailed(second, () => running.store.asked > asked);

      const { status } = second.answer ?? {};
      assert.ok(
        second.isLeft && (status === undefined || status === 429 || status === 503),
        `A full backlog (BUS_BACKLOG_FULL) passes: over HTTP answer 429 or 503, best with Retry-After. It was ${second.shown}.`,
      );
    },
  },
  {
    name: "takes more once there is room",
    run: async (bench) => {
      const running = await bench.start({ maxBacklog: 1 });
      running.collector.hold();
      await running.untilTaken(running.offer("first"));
      const asked = running.store.asked;
      const second = running.offer("second");
      await running.untilFailed(second, () => running.store.asked > asked);

      running.collector.release();
      await running.untilLater("the sink has what was first", () => running.collector.received.length > 0);
      await running.untilTaken(running.again(second));

      assert.equal(running.stored("second").length, 1);
    },
  },
  {
    name: "takes nothing that the schema of the host refuses",
    run: async (bench) => {
      let looks = 0;
      const refuse = (): { readonly issues: readonly { readonly message: string }[] } => {
        looks += 1;
        return { issues: [{ message: "the suite refuses it" }] };
      };
      const refusing = { "~standard": { ...anySchema["~standard"], validate: refuse } };
      const events = Object.fromEntries(Object.keys(bench.events).map((type) => [type, refusing]));
      const running = await bench.start({ events });

      const offering = running.offer("unfit");
      await running.untilFailed(offering, () => looks > 0);

      assert.ok(!offering.isTaken, "What the bus did not publish (BUS_EVENT_INVALID) is not taken.");
      assert.deepEqual(bench.contents.recorded, []);
    },
  },
  {
    name: "publishes any text as it is",
    run: async (bench) => {
      const running = await bench.start();

      await running.untilTaken(running.offer(TEXT, { id: "id-of-text" }));

      const data = bench.contents.recorded.map((event) => event.data);
      assert.ok(
        running.stored(TEXT).length === 1,
        `Put all bytes of a text together before they are read, as UTF-8: of "${TEXT}" the store has ${data.join()}.`,
      );
    },
  },
  {
    name: "publishes each of many that are offered at once",
    run: async (bench) => {
      const running = await bench.start();
      const markers = Array.from({ length: MANY }, (_, index) => `thing-${String(index).padStart(3, "0")}-`);

      const offerings = markers.map((marker) => running.offer(marker));
      await running.untilAnswered(...offerings);
      for (const offering of offerings) await running.untilTaken(offering);

      const wrong = markers.filter((marker) => running.stored(marker).length !== 1);
      assert.deepEqual(wrong, [], "Each of a hundred things that come at once becomes one event of its own.");
    },
  },
];
