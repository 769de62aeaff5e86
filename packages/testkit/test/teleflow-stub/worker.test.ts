import { describe, expect, it } from "vitest";
import { virtualClock } from "../../src/index.ts";
import { aStub, ask, aTrigger, broadcast, bulk, cancel, trigger, until } from "./a-stub.ts";

const HOUR_MS = 3_600_000;

const listed = async (stub: Awaited<ReturnType<typeof aStub>>, query: string) => {
  const { json } = await ask(stub, "GET", `/notifications${query}`);
  return json as { page: number; hasMore: boolean; pageSize: number; data: { subscriber: object; jobs: object[] }[] };
};

describe("recipients", () => {
  it.each([
    ["a subscriber's id", "ann", ["ann"]],
    ["a subscriber", { subscriberId: "ann", email: "a@b.c" }, ["ann"]],
    ["a list, with one of them twice", ["ann", { subscriberId: "bob" }, "ann"], ["ann", "bob"]],
    ["a topic", { type: "Topic", topicKey: "team" }, ["bob", "cy"]],
    ["two topics", [topic("team"), topic("board")], ["bob", "cy", "dan"]],
    ["a topic and one of its subscribers", [topic("team"), "cy"], ["cy", "bob"]],
    ["a list with holes", [null, "ann", ""], ["ann"]],
  ])("that are %s are each notified once", async (_, to, expected) => {
    const stub = await aStub({ topics: { team: ["bob", "cy"], board: ["cy", "dan"] } });

    await trigger(stub, aTrigger({ to }));
    await stub.settled();

    expect(stub.notifications.map(({ subscriberId }) => subscriberId)).toEqual(expected);
    expect(stub.dropped).toEqual([]);
  });

  it.each([
    ["an empty list", []],
    ["an object without an id", {}],
    ["a number", 7],
    ["a good one and an object without an id", ["ann", { email: "a@b.c" }]],
    ["an id that is no text", { subscriberId: 7 }],
    ["an empty id", { subscriberId: "" }],
    ["a list in the list", [["ann"]]],
    ["a topic without a key", { type: "Topic" }],
  ])("that are %s are accepted, and silently dropped", async (_, to) => {
    const stub = await aStub();

    const answer = await trigger(stub, aTrigger({ to }));
    await stub.settled();

    expect(answer).toMatchObject({ status: 201, json: { data: { status: "processed" } } });
    expect(stub.notifications).toEqual([]);
    expect(stub.dropped).toEqual([{ transactionId: "t1", reason: "bad recipient" }]);
  });

  it("of an unknown topic are lost, those named one by one are not", async () => {
    const stub = await aStub({ topics: { team: ["bob"] } });

    await trigger(stub, aTrigger({ to: ["ann", topic("team"), topic("toString")] }));
    await stub.settled();

    expect(stub.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["ann"]);
    expect(stub.dropped).toEqual([{ transactionId: "t1", reason: "unknown topic" }]);
  });

  it("of a topic do not include who acted", async () => {
    const stub = await aStub({ topics: { team: ["bob", "cy"] } });

    await trigger(stub, aTrigger({ to: topic("team"), actor: { subscriberId: "cy" } }));
    await stub.settled();

    expect(stub.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["bob"]);
  });
});

describe("a second trigger of one transaction", () => {
  it("is dropped for 48 hours, whatever its workflow, in a bulk or as a broadcast", async () => {
    const clock = virtualClock();
    const stub = await aStub({ clock, subscribers: ["cy"] });
    await bulk(stub, [aTrigger(), aTrigger({ to: ["bob"] })]);
    await stub.settled();

    await clock.advance(48 * HOUR_MS - 1);
    const answer = await trigger(stub, aTrigger({ name: "another" }));
    await broadcast(stub, { name: "incident", payload: {}, transactionId: "t1" });
    await stub.settled();

    expect(answer).toMatchObject({ status: 201, json: { data: { status: "processed", transactionId: "t1" } } });
    expect(stub.notifications).toHaveLength(1);
    expect(stub.dropped).toEqual(Array.from({ length: 3 }, () => ({ transactionId: "t1", reason: "duplicate" })));

    await clock.advance(1);
    await trigger(stub, aTrigger());
    await stub.settled();

    expect(stub.notifications).toHaveLength(2);
  });

  it("is taken if the first reached nobody", async () => {
    const stub = await aStub();
    await trigger(stub, aTrigger({ to: [] }));
    await stub.settled();

    await trigger(stub, aTrigger());
    await stub.settled();

    expect(stub.notifications).toHaveLength(1);
  });
});

describe("a cancel", () => {
  const delayed = { workflows: { "order-shipped": { delayMs: 60_000 } }, topics: { team: ["bob", "cy"] } };

  it("removes what waits, for all subscribers, once", async () => {
    const clock = virtualClock();
    const stub = await aStub({ ...delayed, clock });
    await bulk(stub, [aTrigger({ to: topic("team") }), aTrigger({ transactionId: "t2" })]);
    await stub.settled();
    await clock.advance(59_999);

    const answers = [await cancel(stub, "t1"), await cancel(stub, "t1")];
    await clock.advance(1);

    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [200, { data: true }],
      [200, { data: false }],
    ]);
    expect(stub.notifications.map(({ transactionId }) => transactionId)).toEqual(["t2"]);
    expect(stub.dropped).toEqual([{ transactionId: "t1", reason: "cancelled" }]);
  });

  it("has its transaction remembered", async () => {
    const stub = await aStub({ ...delayed, clock: virtualClock() });
    await trigger(stub, aTrigger());
    await stub.settled();
    await cancel(stub, "t1");

    await trigger(stub, aTrigger());
    await stub.settled();

    expect(stub.dropped.at(-1)).toEqual({ transactionId: "t1", reason: "duplicate" });
  });

  it.each(["t1", "unknown"])("is answered false when nothing of %s waits", async (id) => {
    const stub = await aStub();
    await trigger(stub, aTrigger());
    await stub.settled();

    expect(await cancel(stub, id)).toMatchObject({ status: 200, json: { data: false } });
  });

  it("is answered false after the delay", async () => {
    const clock = virtualClock();
    const stub = await aStub({ ...delayed, clock });
    await trigger(stub, aTrigger());
    await stub.settled();

    await clock.advance(60_000);

    expect((await cancel(stub, "t1")).json).toEqual({ data: false });
    expect(stub.notifications).toHaveLength(1);
  });

  it("is answered false until the worker has fanned out", async () => {
    const clock = virtualClock();
    const stub = await aStub({ ...delayed, clock, fanOutMs: 5_000 });
    await trigger(stub, aTrigger());
    await stub.settled();

    const early = await cancel(stub, "t1");
    await clock.advance(5_000);
    await stub.settled();

    expect(early.json).toEqual({ data: false });
    expect((await cancel(stub, "t1")).json).toEqual({ data: true });
  });

  it("decodes the id in its path", async () => {
    const stub = await aStub({ ...delayed, clock: virtualClock() });
    await trigger(stub, aTrigger({ transactionId: "a/b c" }));
    await stub.settled();

    expect((await cancel(stub, "a/b c")).json).toEqual({ data: true });
  });
});

describe("GET /notifications", () => {
  it("lists what a transaction was fanned out to, with nothing around the page", async () => {
    const stub = await aStub({ clock: virtualClock() });
    await bulk(stub, [aTrigger({ to: ["ann", "bob"] }), aTrigger({ transactionId: "t2" })]);
    await stub.settled();

    expect(await listed(stub, "?transactionId=t1")).toMatchObject({
      page: 0,
      hasMore: false,
      pageSize: 10,
      data: [
        {
          transactionId: "t1",
          createdAt: "2026-01-01T00:00:00.000Z",
          subscriber: { subscriberId: "bob" },
          template: { triggers: [{ identifier: "order-shipped" }] },
          jobs: [{ status: "completed" }],
        },
        { subscriber: { subscriberId: "ann" } },
      ],
    });
    expect(await listed(stub, "?transactionId=none")).toEqual({ page: 0, hasMore: false, pageSize: 10, data: [] });
    expect((await listed(stub, "")).data).toHaveLength(3);
  });

  it("gives ten on a page, the newest first", async () => {
    const stub = await aStub();
    await trigger(stub, aTrigger({ to: Array.from({ length: 12 }, (_, index) => `s${index}`) }));
    await stub.settled();

    const first = await listed(stub, "?transactionId=t1");
    const second = await listed(stub, "?transactionId=t1&page=1");
    const third = await listed(stub, "?transactionId=t1&page=2");

    expect(first).toMatchObject({ page: 0, hasMore: true, data: { length: 10 } });
    expect(first.data[0]?.subscriber).toEqual({ subscriberId: "s11" });
    expect(second).toMatchObject({ page: 1, hasMore: false, data: { length: 2 } });
    expect(second.data.at(-1)?.subscriber).toEqual({ subscriberId: "s0" });
    expect(third.data).toEqual([]);
  });

  it("lists what waits and what was cancelled too", async () => {
    const clock = virtualClock();
    const stub = await aStub({ clock, workflows: { "order-shipped": { delayMs: 1_000 } } });
    await trigger(stub, aTrigger());
    await stub.settled();

    expect((await listed(stub, "?transactionId=t1")).data[0]?.jobs).toMatchObject([{ status: "delayed" }]);
    await cancel(stub, "t1");
    expect((await listed(stub, "?transactionId=t1")).data[0]?.jobs).toMatchObject([{ status: "canceled" }]);
  });
});

it("leaves no timer when closed", async () => {
  const clock = virtualClock();
  const stub = await aStub({ clock, workflows: { "order-shipped": { delayMs: 1_000 } } });
  await trigger(stub, aTrigger());
  await stub.settled();
  stub.faults = { request: () => ({ kind: "latency", ms: 1_000 }) };
  const hanging = trigger(stub, aTrigger({ transactionId: "t2" }));
  hanging.catch(() => undefined);
  await until(() => clock.timers === 2);

  await stub.close();

  expect(clock.timers).toBe(0);
  await expect(hanging).rejects.toThrow("fetch failed");
});

function topic(topicKey: string): object {
  return { type: "Topic", topicKey };
}
