import { createBus } from "@bus/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { kgPushEvents } from "../src/index.ts";
import { aPushOf, aPushSource, aTagsEvent } from "./a-push-source.ts";

const USER = { type: "user", id: "a" };

describe("user_tags", () => {
  it.each([
    ["no data", { recipients: [USER], event: { type: "user_tags" } }],
    ["null as data", { recipients: [USER], event: { type: "user_tags", data: null } }],
    ["no tags", { recipients: [USER], event: { type: "user_tags", data: {} } }],
    ["null as tags", { recipients: [USER], event: { type: "user_tags", data: { tags: null } } }],
    ["no tags in the list", { recipients: [USER], event: { type: "user_tags", data: { tags: [] } } }],
    ["one recipient without a list", { recipients: USER, event: { type: "user_tags" } }],
  ])("may have %s", async (_case, event) => {
    const { push, published } = await aPushSource();

    const { status } = await push(aPushOf(event));

    expect(status).toBe(200);
    expect(published).toMatchObject([{ type: "kg.user_tags", data: { recipients: [USER], tags: [] } }]);
  });

  it("keeps what it does not know", async () => {
    const { push, published } = await aPushSource();
    const json = `{"events":[{"recipients":[{"type":"user","id":"a","since":1}],"event":{"type":"user_tags",
      "data":{"tags":[{"value":"","weight":-1,"lang":"fr"}],"model":"v2","__proto__":{"a":1},"recipients":"theirs"}}}]}`;

    await push({ body: json });

    expect(JSON.stringify(published[0]?.data)).toBe(
      '{"model":"v2","__proto__":{"a":1},"recipients":[{"type":"user","id":"a","since":1}],' +
        '"tags":[{"value":"","weight":-1,"lang":"fr"}]}',
    );
  });

  it.each([
    ["events[1] must be an object", null],
    ["events[1] must be an object", [aTagsEvent()]],
    ["events[1].event must be an object", { recipients: [USER] }],
    ["events[1].event must be an object", { recipients: [USER], event: "user_tags" }],
    ["events[1].event.type must be a non-empty string", { event: { type: "" } }],
    ["events[1].event.type must be a non-empty string", { event: { type: 1 } }],
    ["events[1].recipients must be a list", { event: { type: "user_tags" } }],
    ["events[1].recipients must be a list", aTagsEvent({}, null)],
    ["events[1].recipients must be a list", aTagsEvent({}, "a")],
    ["events[1].recipients[1] must be an object", aTagsEvent({}, [USER, "a"])],
    ["events[1].recipients[0].id must be a non-empty string", aTagsEvent({}, [{ type: "user" }])],
    ["events[1].recipients[0].type must be a non-empty string", aTagsEvent({}, [{ id: "a" }])],
    ["events[1].recipients.id must be a non-empty string", aTagsEvent({}, { type: "user", id: "" })],
    ["events[1].event.data must be an object", { recipients: [USER], event: { type: "user_tags", data: [] } }],
    ["events[1].event.data.tags must be a list", aTagsEvent({ tags: {} })],
    ["events[1].event.data.tags[0] must be an object", aTagsEvent({ tags: ["kafka"] })],
    ["events[1].event.data.tags[0].value must be a string", aTagsEvent({ tags: [{ weight: 1 }] })],
    [
      "events[1].event.data.tags[0].weight must be a finite number",
      aTagsEvent({ tags: [{ value: "a", weight: "1" }] }),
    ],
  ])("is refused with all of its push: %s", async (message, event) => {
    const { push, published } = await aPushSource();

    const answer = await push(aPushOf(aTagsEvent(), event, {}));

    expect([answer.status, answer.json.message]).toEqual([400, message]);
    expect(published).toEqual([]);
  });

  it("is refused for a weight that no double holds", async () => {
    const { push } = await aPushSource();
    const body = JSON.stringify({ events: [aTagsEvent()] }).replace("0.8", "1e999");

    expect((await push({ body })).json.message).toBe("events[0].event.data.tags[0].weight must be a finite number");
  });
});

describe("an event of a type that is not known", () => {
  it.each([
    [
      "with its recipients and data, as they came",
      { recipients: "everybody", event: { type: "user.merged", data: [1, { a: null }] }, more: true },
      { type: "user.merged", recipients: "everybody", data: [1, { a: null }] },
    ],
    ["with nothing", { event: { type: "toString" } }, { type: "toString", recipients: null, data: null }],
    [
      "named like ours, but for its case",
      { event: { type: "User_Tags" } },
      { type: "User_Tags", recipients: null, data: null },
    ],
  ])("is published as kg.unknown %s", async (_case, event, data) => {
    const { push, published } = await aPushSource();

    const { status } = await push(aPushOf(event));

    expect(status).toBe(200);
    expect(published).toMatchObject([{ type: "kg.unknown", data }]);
  });
});

it.each([
  [
    "one user by the user's id",
    [{ type: "user", id: "0cba00ca3da1b283a57287bcceb17e35" }],
    "0cba00ca3da1b283a57287bcceb17e35",
  ],
  ["one recipient of another form in no order", [{ type: "user", id: "a\u0000b" }], undefined],
  [
    "several users in no order",
    [
      { type: "user", id: "0cba00ca3da1b283a57287bcceb17e35" },
      { type: "user", id: "ffffdc9126d91363e428ba2a6054d20c" },
    ],
    undefined,
  ],
])("orders the tags of %s", async (_case, recipients, key) => {
  const { push, published } = await aPushSource();

  const { status } = await push(aPushOf(aTagsEvent({}, recipients)));

  expect([status, published[0]!.key]).toEqual([200, key]);
});

describe("an event of an unknown type", () => {
  it("keeps what else came with it and in it", async () => {
    const { push, published } = await aPushSource();
    const { status } = await push(aPushOf({ at: 5, event: { type: "new", payload: { important: 1 } } }));

    expect(status).toBe(200);
    expect(published[0]!.data).toEqual({
      at: 5,
      payload: { important: 1 },
      type: "new",
      recipients: null,
      data: null,
    });
  });
});

it.each([
  ["a number too large for JSON", '{"event":{"type":"new","data":{"n":1e400}}}'],
  ["one beside tags", '{"recipients":[],"event":{"type":"user_tags","data":{"at":-1e400}}}'],
  [
    "a lone recipient that is as deep as the bus takes",
    `{"recipients":{"type":"user","id":"a","k":${"[".repeat(1_998)}${"]".repeat(1_998)}},"event":{"type":"user_tags"}}`,
  ],
])("a push with %s is refused, not put off", async (_case, event) => {
  const { push, published } = await aPushSource();

  const answer = await push({ body: `{"events":[${event}]}` });

  expect([answer.status, answer.json.message]).toEqual([400, expect.stringContaining("is nested too deep")]);
  expect(published).toEqual([]);
});

describe("a push", () => {
  it("keeps the order of its events", async () => {
    const { push, published } = await aPushSource();
    const types = Array.from({ length: 500 }, (_, index) => `type-${index}`);

    await push(aPushOf(...types.map((type) => ({ event: { type } }))));

    expect(published.map(({ data }) => (data as { type: string }).type)).toEqual(types);
  });

  it.each([
    ["opens a million lists", "[".repeat(1_000_000), "The body is not JSON"],
    [
      "holds a million lists in each other",
      aDeepPush("[", "]", 1_000_000),
      "events[0] is nested too deep, or has a number that is too large",
    ],
    [
      "holds 2,000 objects in each other",
      aDeepPush('{"a":', "}", 2_000, "1"),
      "events[0] is nested too deep, or has a number that is too large",
    ],
  ])("that %s is refused", async (_case, body, message) => {
    const { push, published, logged } = await aPushSource();

    const answer = await push({ body });

    expect([answer.status, answer.json.message]).toEqual([400, message]);
    expect([published, logged]).toEqual([[], []]);
  });

  it("is taken as deep as the bus takes it", async () => {
    const { push, published } = await aPushSource();

    const answer = await push({ body: aDeepPush('{"a":', "}", 1_998, "1") });

    expect([answer.status, published.length]).toEqual([200, 1]);
  });

  it("may hold anything where nobody looks", async () => {
    const { push } = await aPushSource();
    const body = `{"events":[],"more":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;

    expect((await push({ body })).status).toBe(200);
  });
});

describe("kgPushEvents", () => {
  it("refuse what a host publishes wrongly, and give back what is right as it is", async () => {
    const bus = createBus({ name: "chat", events: kgPushEvents });
    await bus.start();
    onTestFinished(() => bus.stop());
    const tags = { recipients: [{ ...USER, since: 1 }], tags: [{ value: "a", weight: 1, lang: "fr" }], model: "v2" };

    expect((await bus.publish("kg.user_tags", tags)).data).toEqual(tags);
    await expect(bus.publish("kg.user_tags", { ...tags, tags: [{ value: "a", weight: Number.NaN }] })).rejects.toThrow(
      'The data of "kg.user_tags" does not fit its schema: tags[0].weight must be a finite number.',
    );
    await expect(bus.publish("kg.unknown", { type: "", recipients: null, data: null })).rejects.toThrow(
      "type must be a non-empty string",
    );
    await expect(bus.publish("kg.unknown", [] as never)).rejects.toThrow("must be an object");
  });
});

function aDeepPush(open: string, close: string, depth: number, innermost = ""): string {
  return `{"events":[{"event":{"type":"deep","data":${open.repeat(depth)}${innermost}${close.repeat(depth)}}}]}`;
}
