import { createBus } from "@bus/core";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { instant } from "../../src/events/instant.ts";
import { kgEvents } from "../../src/events/kg-events.ts";
import { dataOf, EVENT_TYPES, type KgEventType } from "../records/graph-data.ts";

it("knows the ten events of the contract", () => {
  expect(Object.keys(kgEvents)).toEqual(EVENT_TYPES);
});

describe.each(EVENT_TYPES)("a %s", (type) => {
  it("is taken as it is, and can be published again", async () => {
    const data = dataOf(type);
    const bus = await aStartedBus();

    const event = await bus.publish(type, data as never);
    const again = await bus.publish(type, event.data);

    expect(event.data).toStrictEqual(data);
    expect(again.data).toStrictEqual(data);
  });

  it("keeps keys of the host's own, at every level", () => {
    const data = withOwnKeys(dataOf(type));

    expect(kgEvents[type].parse(data)).toStrictEqual(data);
  });

  it("takes null for all that may be missing", () => {
    for (const field of OPTIONAL[subjectOf(type)]) {
      const data = dataOf(type, { [field]: null });

      expect(kgEvents[type].parse(data)).toStrictEqual(data);
    }
  });

  it("needs nothing but what makes it a record", () => {
    const missing = Object.fromEntries(OPTIONAL[subjectOf(type)].map((field) => [field, undefined]));
    const data: unknown = JSON.parse(JSON.stringify(dataOf(type, missing)));

    expect(kgEvents[type].parse(data)).toStrictEqual(data);
  });
});

describe("times", () => {
  it.each([
    ["2022-10-06T09:20:01.002Z", 1665048001002],
    ["2022-10-06T11:20:01+02:00", 1665048001000],
    ["2022-10-06T09:20:01.002999Z", 1665048001002],
    [new Date(1665048001002), 1665048001002],
    [1665048001002, 1665048001002],
    [0, 0],
    ["1969-12-31T23:59:59Z", -1000],
  ])("%j becomes %j", (at, ms) => {
    expect(
      kgEvents["message.created"].parse(dataOf("message.created", { createdAt: at, updatedAt: at })),
    ).toMatchObject({ createdAt: ms, updatedAt: ms });
    expect(kgEvents["user.updated"].parse(dataOf("user.updated", { createdAt: at, lastActivityAt: at }))).toMatchObject(
      {
        createdAt: ms,
        lastActivityAt: ms,
      },
    );
  });

  it("are the same moment, however it is written", () => {
    fc.assert(
      fc.property(
        fc.date({
          noInvalidDate: true,
          min: new Date("0000-01-01T00:00:00Z"),
          max: new Date("9999-12-31T23:59:59.999Z"),
        }),
        (date) => {
          for (const at of [date, date.toISOString(), date.getTime()]) expect(instant.parse(at)).toBe(date.getTime());
        },
      ),
    );
  });

  it("are a whole number or refused, whatever is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.date(), fc.anything()), (at) => {
        expect(instant.safeParse(at).data ?? 0).toSatisfy(Number.isSafeInteger);
      }),
    );
  });
});

type Subject = "user" | "channel" | "message" | "company" | "workspace";

const OPTIONAL: Record<Subject, readonly string[]> = {
  user: ["consoleId", "email", "sharing", "username", "firstName", "lastName", "createdAt", "lastActivityAt"],
  channel: ["name", "visibility", "workspaceId", "owner"],
  message: ["content", "updatedAt", "type", "deleted", "author", "workspaceId"],
  company: ["consoleId", "name"],
  workspace: ["name"],
};

function subjectOf(type: KgEventType): Subject {
  return type.split(".")[0] as Subject;
}

/** Each object gets a key that no schema names. */
function withOwnKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOwnKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withOwnKeys(inner)]);
  return { ...Object.fromEntries(entries), ofOurs: { depth: 1 } };
}

async function aStartedBus() {
  const bus = createBus({ name: "app", events: kgEvents });
  await bus.start();
  onTestFinished(() => bus.stop());
  return bus;
}
