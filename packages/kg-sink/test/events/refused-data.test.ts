import { createBus } from "@bus/core";
import { expect, it, onTestFinished } from "vitest";
import { kgEvents } from "../../src/events/kg-events.ts";
import { dataOf, EVENT_TYPES, KINDS, type KgEventType } from "../records/graph-data.ts";

const ID = "expected an id: a text that is not empty";
const TIME = "expected a Date, an ISO 8601 string with a time zone, or whole milliseconds since the epoch";
const text = (received: string): string => `Invalid input: expected string, received ${received}`;
const object = (received: string): string => `Invalid input: expected object, received ${received}`;

/** Each a place in the data, what is wrong there, and the words that say so. */
type Wrong = readonly (readonly [place: string, value: unknown, words: string])[];

const COMPANY: Wrong = [
  ["id", undefined, ID],
  ["id", "", ID],
  ["id", 7, ID],
  ["consoleId", 7, text("number")],
];

const PERSON: Wrong = [...COMPANY, ["email", {}, text("object")], ["sharing", true, text("boolean")]];

const CHANNEL_REF: Wrong = [
  ["id", null, ID],
  ["visibility", "secret", 'Invalid option: expected one of "public"|"private"|"direct"'],
];

function within(place: string, wrong: Wrong): Wrong {
  return wrong.map(([inner, value, words]) => [`${place}.${inner}`, value, words]);
}

const WRONG: Record<string, Wrong> = {
  User: [
    ...PERSON,
    ["username", 1, text("number")],
    ["firstName", 1, text("number")],
    ["lastName", [], text("array")],
    ["createdAt", "yesterday", TIME],
    ["createdAt", "2022-10-06T09:20:01", TIME],
    ["createdAt", new Date(Number.NaN), TIME],
    ["lastActivityAt", 1.5, TIME],
    ["lastActivityAt", true, TIME],
    ["companies", undefined, "Invalid input: expected array, received undefined"],
    ["companies", null, "Invalid input: expected array, received null"],
    ["companies[0]", "acme", object("string")],
    ...within("companies[1]", COMPANY),
  ],
  Channel: [
    ...CHANNEL_REF,
    ["name", 1, text("number")],
    ["workspaceId", 1, text("number")],
    ["company", undefined, object("undefined")],
    ["company", null, object("null")],
    ...within("company", COMPANY),
    ["owner", "Jane", object("string")],
    ...within("owner", PERSON),
  ],
  Message: [
    ["id", undefined, ID],
    ["threadId", undefined, ID],
    ["content", 1, text("number")],
    ["createdAt", undefined, TIME],
    ["createdAt", null, TIME],
    ["createdAt", Number.NaN, TIME],
    ["updatedAt", "2022-10-06", TIME],
    ["type", 1, text("number")],
    ["deleted", "no", "Invalid input: expected boolean, received string"],
    ["author", 7, object("number")],
    ...within("author", PERSON),
    ["company", null, object("null")],
    ...within("company", COMPANY),
    ["workspaceId", 1, text("number")],
    ["channel", undefined, object("undefined")],
    ["channel", null, object("null")],
    ...within("channel", CHANNEL_REF),
  ],
  Company: [...COMPANY, ["name", 1, text("number")]],
  Workspace: [
    ["id", undefined, ID],
    ["name", 1, text("number")],
    ["company", null, object("null")],
    ...within("company", COMPANY),
  ],
};

const CASES = KINDS.flatMap(([kind, types]) =>
  types.flatMap((type) => (WRONG[kind] ?? []).map(([place, value, words]) => [type, place, value, words] as const)),
);

it.each(CASES)("a %s whose %s is %j is refused: %s", async (type, place, value, words) => {
  const bus = await aStartedBus();

  await expect(bus.publish(type, withValue(type, place, value) as never)).rejects.toMatchObject({
    code: "BUS_EVENT_INVALID",
    message: `The data of "${type}" does not fit its schema: ${place}: ${words}.`,
  });
});

it.each(EVENT_TYPES)("a %s that is no object is refused", async (type) => {
  const bus = await aStartedBus();

  for (const data of [undefined, null, 1, "text", []])
    await expect(bus.publish(type, data as never)).rejects.toMatchObject({ code: "BUS_EVENT_INVALID" });
});

it("names every field at fault, and shows the values of none", async () => {
  const bus = await aStartedBus();
  const data = dataOf("channel.created", { id: 7, visibility: "s3cret", owner: { id: "u", email: ["s3cret"] } });

  const refusal = bus.publish("channel.created", data as never);

  await expect(refusal).rejects.toThrow(/id: .*; visibility: .*; owner\.email: /);
  await expect(refusal).rejects.not.toThrow(/s3cret/);
});

async function aStartedBus() {
  const bus = createBus({ name: "app", events: kgEvents });
  await bus.start();
  onTestFinished(() => bus.stop());
  return bus;
}

/** The contract's data, but for the value at one place. */
function withValue(type: KgEventType, place: string, value: unknown): object {
  const data = structuredClone(dataOf(type));
  const keys = place.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  const holder = keys.reduce<Record<string, unknown>>((record, key) => record[key] as Record<string, unknown>, {
    ...data,
  });
  if (keys.length === 0) return { ...data, [last]: value };
  holder[last] = value;
  return data;
}
