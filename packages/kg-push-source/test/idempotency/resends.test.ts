import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it, vi } from "vitest";
import { aPushOf, aPushSource, aTagsEvent, aTickingClock, type Push, type StartedSource } from "../a-push-source.ts";
import { aTempFile } from "../stores.ts";

const HOUR_MS = 3_600_000;
const PUSH = aPushOf(aTagsEvent(), { event: { type: "other" } });

function withKey(key: string, push: Push = PUSH): Push {
  return { ...push, headers: { "idempotency-key": key } };
}

function anEvent(type: string): object {
  return { event: { type } };
}

function typesOf({ published }: Pick<StartedSource, "published">): unknown[] {
  return published.map(({ data }) => (data as { type?: string }).type ?? "tags");
}

const STORES = [
  ["memoryStore", () => memoryStore()],
  ["sqliteStore", () => sqliteStore({ path: aTempFile() })],
] as const;

describe.each(STORES)("over %s, a push that comes again", (_name, store) => {
  it.each([
    ["without a key", PUSH],
    ["with the key it had", withKey("push-1")],
  ])("%s publishes nothing within the window, and all of it after", async (_case, push) => {
    const source = await aPushSource({ store: store() });

    await source.push(push);
    source.clock.step(24 * HOUR_MS - 1);
    await source.push(push);
    expect(source.published).toHaveLength(2);
    source.clock.step(1);
    const answers = [await source.push(push), await source.push(push)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(typesOf(source)).toEqual(["tags", "other", "tags", "other"]);
    expect(new Set(source.published.map(({ id }) => id)).size).toBe(4);
  });

  it("at the same moment is published once", async () => {
    const source = await aPushSource({ store: store(), clock: aTickingClock() });

    const answers = await Promise.all(Array.from({ length: 20 }, () => source.push(PUSH)));

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(typesOf(source)).toEqual(["tags", "other"]);
  });

  it("is known though the store has forgotten its events", async () => {
    const source = await aPushSource({ store: store(), bus: { retention: { ageMs: 1 } } });

    await source.push(PUSH);
    await vi.waitFor(async () => {
      await source.clock.advance(HOUR_MS / 10);
      expect((await source.bus.deliveries.stats()).events).toBe(0);
    });
    await source.push(PUSH);

    expect(source.published).toHaveLength(2);
  });

  it("is known by what it says, not by the order of its keys or its blanks", async () => {
    const source = await aPushSource({ store: store() });

    await source.push({ body: '{"events":[{"event":{"type":"a","data":{"b":[1.0,{"c":"\\u00e9","d":null}]}}}]}' });
    await source.push({
      body: '{ "events": [ { "event": { "data": { "b": [1, {"d":null,"c":"é"}] }, "type": "a" } } ], "x": 1 }',
    });

    expect(source.published).toHaveLength(1);
  });

  it("differs by content, place, key, or in part, and what is new of it is published", async () => {
    const source = await aPushSource({ store: store() });
    const [a, b, c] = ["a", "b", "c"].map(anEvent);

    await source.push(aPushOf(a, b));
    await source.push(aPushOf(a, c));
    await source.push(aPushOf(a, b, a));
    await source.push(aPushOf(b));
    await source.push(withKey("1", aPushOf(a)));
    await source.push(withKey("2", aPushOf(a)));

    expect(typesOf(source)).toEqual(["a", "b", "c", "a", "b", "a", "a"]);
  });

  it("differs by a key that is called __proto__", async () => {
    const source = await aPushSource({ store: store() });

    for (const value of ["1", "2", "{}"])
      await source.push({ body: `{"events":[{"event":{"type":"a","data":{"__proto__":${value}}}}]}` });

    expect(source.published).toHaveLength(3);
  });

  it("with a key that another push had is refused, and nothing of it is published", async () => {
    const source = await aPushSource({ store: store() });
    await source.push(withKey("1"));

    const answer = await source.push(withKey("1", aPushOf(anEvent("a"))));
    source.clock.step(24 * HOUR_MS);
    const later = await source.push(withKey("1", aPushOf(anEvent("a"))));

    expect([answer.status, answer.json]).toEqual([
      400,
      {
        status: "error",
        error: "invalid_request",
        message: "Idempotency-Key was used for another push: give each push a key of its own",
      },
    ]);
    expect(later.status).toBe(200);
    expect(typesOf(source)).toEqual(["tags", "other", "a"]);
  });

  it("with a key whose first push was empty is published", async () => {
    const source = await aPushSource({ store: store() });

    await source.push(withKey("1", aPushOf()));
    await source.push(withKey("1"));

    expect(source.published).toHaveLength(2);
  });

  it("is known by one whose clock was set back or forth within the window, but not by one that is a year off", async () => {
    const source = await aPushSource({ store: store() });
    const steps = [-HOUR_MS, 2 * HOUR_MS, -23 * HOUR_MS];

    await source.push(PUSH);
    for (const step of steps) {
      source.clock.step(step);
      await source.push(PUSH);
    }
    expect(source.published).toHaveLength(2);
    source.clock.step(-365 * 24 * HOUR_MS);
    const answer = await source.push(PUSH);

    expect(answer.status).toBe(200);
    expect(source.published).toHaveLength(4);
  });
});

describe("the marks of pushes", () => {
  it("outlive the process", async () => {
    const path = aTempFile();
    const clock = virtualClock();
    const first = await aPushSource({ store: sqliteStore({ path }), clock });
    await first.push(PUSH);
    await first.bus.stop();

    const second = await aPushSource({ store: sqliteStore({ path }), clock });
    await second.push(PUSH);
    await second.push(aPushOf(anEvent("new")));

    expect(typesOf(second)).toEqual(["new"]);
  });

  it("are shared by all who have the store", async () => {
    const path = aTempFile();
    const clock = aTickingClock();
    const sources = [
      await aPushSource({ store: sqliteStore({ path }), clock }),
      await aPushSource({ store: sqliteStore({ path }), clock }),
    ];

    const answers = await Promise.all([...sources, ...sources].map(({ push }) => push(PUSH)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(sources.flatMap(typesOf).toSorted()).toEqual(["other", "tags"]);
  });

  it("are removed once they are past the window, and only then", async () => {
    const store = memoryStore();
    const { push, clock } = await aPushSource({ store });
    const marks = async () => (await store.state.keys("source:tags", "")).length;
    await push(aPushOf(...Array.from({ length: 600 }, (_, index) => anEvent(`old-${index}`))));
    await clock.advance(HOUR_MS);
    await push(aPushOf(anEvent("young")));
    expect(await marks()).toBe(601);

    await clock.advance(23 * HOUR_MS);

    await vi.waitFor(async () => expect(await marks()).toBe(1));
    await clock.advance(24 * HOUR_MS);
    await vi.waitFor(async () => expect(await marks()).toBe(0));
  });

  it("are removed at the start when they came to be past the window meanwhile", async () => {
    const path = aTempFile();
    const clock = virtualClock();
    const first = await aPushSource({ store: sqliteStore({ path }), clock });
    await first.push(PUSH);
    await first.bus.stop();
    await clock.advance(24 * HOUR_MS);
    const store = sqliteStore({ path });

    await aPushSource({ store, clock });

    await vi.waitFor(async () => expect(await store.state.keys("source:tags", "")).toEqual([]));
  });

  it("that are claimed while they are being removed stay", async () => {
    const store = memoryStore();
    const { push, clock, published } = await aPushSource({ store });
    await push(PUSH);
    const change = store.state.change.bind(store.state);
    const racing = Promise.withResolvers<void>();
    Object.assign(store.state, {
      change: async (...args: Parameters<typeof change>) => {
        if (args[1][0]?.value === undefined) {
          Object.assign(store.state, { change });
          await push(PUSH);
          racing.resolve();
        }
        return change(...args);
      },
    });

    await clock.advance(24 * HOUR_MS);
    await racing.promise;
    await clock.settled();
    clock.step(HOUR_MS);
    await push(PUSH);

    expect(published).toHaveLength(4);
  });

  it("that cannot be read are as if there were none", async () => {
    const store = memoryStore();
    const { push, published, clock } = await aPushSource({ store });
    await push(PUSH);
    clock.step(1);
    const keys = await store.state.keys("source:tags", "");
    await store.state.change(
      "source:tags",
      keys.map((key) => ({ key, value: '"somebody else\'s"' })),
    );

    const answer = await push(PUSH);

    expect(answer.status).toBe(200);
    expect(published).toHaveLength(4);
  });
});

it("of 1,000 pushes at once, each sent twice, every event is published once", { timeout: 60_000 }, async () => {
  const source = await aPushSource({ store: sqliteStore({ path: aTempFile(), durability: "normal" }) });
  const pushes = Array.from({ length: 1_000 }, (_, index) => aPushOf(anEvent(`a-${index}`), anEvent(`b-${index}`)));

  const answers = await Promise.all([...pushes, ...pushes].map((push) => source.push(push)));

  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(typesOf(source).toSorted()).toEqual(
    ["a", "b"].flatMap((name) => pushes.map((_push, index) => `${name}-${index}`)).toSorted(),
  );
});
