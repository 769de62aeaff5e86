import { BusError, createBus, memoryStore, type DeliverySignal } from "@bus/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { trinoEvents, webhookSink } from "../../src/index.ts";
import { dataOf } from "../fixtures.ts";
import { aReceiver } from "../receiver.ts";

const FATAL_UTF8 = new TextDecoder("utf-8", { fatal: true });

describe("what a host passes without knowing", () => {
  it("keys called __proto__ and constructor arrive as they were, and pollute nothing", async () => {
    const hostile = JSON.parse(
      '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"toString":1}',
    );
    const data = dataOf("message.created");
    const conversation = JSON.parse(JSON.stringify(data["conversation"]));
    Object.assign(data, { conversation, custom: [hostile], content_attributes: hostile });
    for (const place of [data, conversation, conversation.meta, conversation.messages[0].sender]) adopt(place, hostile);

    const { sent, heard } = await sentFor(data);

    for (const { conversation: of, ...message } of [JSON.parse(sent), JSON.parse(JSON.stringify(heard))]) {
      for (const place of [
        message,
        of,
        of.meta,
        of.messages[0].sender,
        message.custom[0],
        message.content_attributes,
      ]) {
        expect(Object.getOwnPropertyDescriptor(place, "__proto__")?.value).toEqual({ isAdmin: true });
        expect(place.constructor).toEqual({ prototype: { isAdmin: true } });
        expect(place.isAdmin).toBeUndefined();
      }
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it("credentials below __proto__ and constructor do not leave", async () => {
    const data = dataOf("message.created");
    adopt(
      data,
      JSON.parse('{"__proto__":{"access_token":"s3cret","a":1},"constructor":{"PubSub-Token":"s3cret","b":1}}'),
    );

    const { sent } = await sentFor(data);

    expect(sent).not.toContain("s3cret");
    expect(sent).toContain('"__proto__":{"a":1}');
    expect(sent).toContain('"constructor":{"b":1}');
  });

  it("half a character arrives as its escape: the body is valid UTF-8 and JSON, and its parts are what they were", async () => {
    const content = "\ud83d and \ude00, whole: 😀 \u2028\u0000";

    const { sent } = await sentFor(dataOf("message.created", { content, "\udc00": 1 }));

    expect(sent).toContain('"\\ud83d and \\ude00, whole: 😀');
    expect(JSON.parse(sent)).toMatchObject({ content, "\udc00": 1 });
  });

  it("functions, symbols and undefined are left out, or null in lists; so are numbers that JSON lacks", async () => {
    const none = [() => 1, Symbol("a"), undefined, Number.NaN, Infinity, -Infinity];
    const data = dataOf("message.created", {
      a: () => 1,
      b: Symbol("b"),
      c: undefined,
      [Symbol("d")]: 1,
      list: none,
      nan: Number.NaN,
    });

    const { sent } = await sentFor(data);

    expect(JSON.parse(sent)).toStrictEqual({
      ...dataOf("message.created"),
      list: [null, null, null, null, null, null],
      nan: null,
      event: "message_created",
    });
  });

  it("nesting arrives down to 2,000 levels", async () => {
    const { sent } = await sentFor(
      dataOf("message.created", { custom: nested(1_999), content_attributes: { a: nested(1_998) } }),
    );

    expect(sent).toContain("[".repeat(999));
  });

  it("50 MB of text arrives whole", async () => {
    const content = "ção, ".repeat(7_200_000);

    const { sent } = await sentFor(dataOf("message.created", { content }));

    expect(Buffer.byteLength(sent)).toBeGreaterThan(50_000_000);
    expect(JSON.parse(sent).content === content).toBe(true);
  }, 30_000);
});

describe("what has no JSON form is refused at publish, and nothing is sent:", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["itself"] = cyclic;
  const throwing = {
    toJSON() {
      throw new Error("no");
    },
  };
  const unserializable =
    /has no JSON form: remove BigInts, cycles, throwing toJSON methods and what is nested more than/;

  it.each([
    ["a BigInt", { custom: 1n }, unserializable],
    ["a BigInt of the customer's", { content_attributes: { count: 1n } }, unserializable],
    ["a BigInt as an id", { id: 1n }, "id: expected an id: a whole number, or a text that is not empty"],
    ["a cycle", { custom: cyclic }, unserializable],
    ["a cycle through attributes", { additional_attributes: cyclic }, unserializable],
    ["a toJSON that throws", { custom: throwing }, unserializable],
    ["a toJSON that throws, of the message", throwing, unserializable],
    ["2,001 levels", { custom: nested(2_000) }, unserializable],
    ["5,000 levels", { custom: nested(5_000) }, unserializable],
    ["100,000 levels", { custom: nested(100_000) }, unserializable],
    ["100,000 levels of attributes", { content_attributes: { a: nested(100_000) } }, unserializable],
    ["100,000 levels of an account", { account: { id: 1, a: nested(100_000) } }, unserializable],
    ["100,000 levels for a message", { conversation: nested(100_000) }, "conversation: Invalid input"],
    ["NaN as a time", { created_at: Number.NaN }, "created_at: expected a Date"],
    [
      "Infinity as a size",
      { attachments: [{ id: 1, file_type: "file", data_url: "", file_size: Infinity }] },
      "attachments[0].file_size",
    ],
    ["a function as content", { content: () => "Hi" }, "content: Invalid input: expected string, received function"],
    ["a getter that throws", accessor(), "the schema threw, see the cause"],
  ])("%s", async (_, changes, words) => {
    const { bus, receiver } = await aStartedBus();
    const data = dataOf("message.created");
    Object.defineProperties(data, Object.getOwnPropertyDescriptors(changes));

    const refusal = await bus.publish("message.created", data as never).catch((error: unknown) => error);

    expect(BusError.is(refusal)).toBe(true);
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^BUS_EVENT_(UNSERIALIZABLE|INVALID)$/) });
    expect(String(refusal)).toMatch(words);
    expect((await bus.deliveries.list()).items).toEqual([]);
    expect(receiver.received).toEqual([]);
  });

  it("also by a bus that checks nothing", async () => {
    const { bus } = await aStartedBus({ validate: false });

    for (const custom of [1n, cyclic, throwing, nested(100_000)]) {
      const refusal = bus.publish("message.created", dataOf("message.created", { custom }) as never);

      await expect(refusal).rejects.toMatchObject({ code: "BUS_EVENT_UNSERIALIZABLE" });
    }
  });
});

describe("what a bus that checks nothing takes", () => {
  it.each([
    ["null", null],
    ["a text", "Hi"],
    ["a list", []],
    ["no conversation", dataOf("message.created", { conversation: null })],
    ["an impossible time", dataOf("message.created", { created_at: "yesterday" })],
  ])("is a dead letter that names the field, not its value: %s", async (_, data) => {
    const { bus, receiver } = await aStartedBus({ validate: false });

    const dead = new Promise<DeliverySignal>((resolve) => bus.events.once("dead", resolve));
    await bus.publish("message.created", data as never);
    const { reason } = await dead;

    expect(reason).toMatch(/^The data does not fit "message.created": /);
    expect(reason).not.toContain("yesterday");
    expect(receiver.received).toEqual([]);
  });
});

async function sentFor(data: object): Promise<{ readonly sent: string; readonly heard: unknown }> {
  const { bus, receiver } = await aStartedBus();
  const delivered = new Promise((resolve) => bus.events.once("delivered", resolve));
  const { data: heard } = await bus.publish("message.created", data as never);
  await delivered;
  return { sent: FATAL_UTF8.decode(receiver.received[0]?.body), heard };
}

async function aStartedBus({ validate = true } = {}) {
  const receiver = await aReceiver();
  const bus = createBus({
    name: "helpdesk",
    events: trinoEvents,
    store: memoryStore(),
    sinks: {
      hooks: webhookSink({
        endpoints: [{ id: "crm", url: receiver.url, secret: "s" }],
        allow: ["127.0.0.1"],
        deadlineMs: 60_000,
      }),
    },
    validate,
  });
  await bus.start();
  onTestFinished(() => bus.stop());
  return { bus, receiver };
}

/** Lists in lists. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

/** Sets each key as an own one, `__proto__` too. */
function adopt(target: object, source: object): void {
  Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
}

function accessor(): object {
  return Object.defineProperty({}, "content", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
}
