import type { BusEvent } from "@bus/core";
import { describe, expect, it } from "vitest";
import type { KgRecordMappers } from "../../src/records/record-mappers.ts";
import { anEvent, anyEvent, aRecordMaker } from "./a-record-maker.ts";
import { aChannel, aCompany, aMessage, aUser, aWorkspace, dataOf, KINDS, PERSON, WIRE_RECORDS } from "./graph-data.ts";

const OWN: Required<KgRecordMappers> = {
  User: () => aUser({ createdAt: new Date(1665048000000) }),
  Channel: () => aChannel(),
  Message: () => aMessage({ createdAt: "2022-10-06T09:20:01Z" }),
  Company: () => aCompany(),
  Workspace: () => aWorkspace(),
};

describe.each(KINDS)("a host's own %s", (kind, types) => {
  it.each(types)("is made into the contract's record of a %s, its times too", async (type) => {
    const { maker } = aRecordMaker({ records: { [kind]: OWN[kind] } });

    const recorded = await maker.recordsOf(anyEvent(type, { of: "ours" }));

    const [record] = "records" in recorded ? recorded.records : [];
    expect(JSON.stringify(record)).toBe(JSON.stringify(WIRE_RECORDS[kind].value));
  });

  it.each(types)("is left out where the mapper gives nothing for a %s", (type) => {
    const { maker, logged } = aRecordMaker({ records: { [kind]: () => undefined } });

    expect(maker.recordsOf(anEvent(type, dataOf(type)))).toEqual({
      outcome: { kind: "skipped", reason: `records.${kind} leaves it out` },
    });
    expect(logged).toEqual([]);
  });

  it.each(types)("that the mapper fails on is rejected, without the words of the error, for a %s", (type) => {
    const error = new TypeError("no name in s3cret");
    const mapper = (): never => {
      throw error;
    };
    const { maker, logged } = aRecordMaker({ records: { [kind]: mapper } });

    expect(maker.recordsOf(anEvent(type, dataOf(type)))).toEqual({
      outcome: { kind: "rejected", reason: `records.${kind} failed (TypeError)` },
    });
    expect(logged).toEqual([
      {
        level: "error",
        fields: { err: error, event: "event-1" },
        message: `records.${kind} failed: the event is not sent.`,
      },
    ]);
  });

  it.each(types)("is mapped as it is, for a %s, and no other kind is", (type) => {
    const given: BusEvent[] = [];
    const mapper = (event: BusEvent): undefined => {
      given.push(event);
      return undefined;
    };
    const event = anyEvent(type, { of: "ours" });
    const { maker } = aRecordMaker({ records: { [kind]: mapper } });

    expect(maker.recordsOf(event)).toHaveProperty("outcome");
    for (const [, [other = "user.created"]] of KINDS.filter(([name]) => name !== kind))
      expect(maker.recordsOf(anEvent(other, dataOf(other)))).toHaveProperty("records");

    expect(given).toEqual([event]);
  });
});

it.each([
  ["User", "user.created", { ...aUser(), companies: [{ id: "" }] }, "companies[0].id: expected an id"],
  ["Message", "message.created", { ...aMessage(), content: 1 }, "content: Invalid input: expected string"],
  ["Message", "message.created", { ...aMessage(), author: { ...PERSON, id: 7 } }, "author.id: expected an id"],
  ["Channel", "channel.updated", { ...aChannel(), visibility: "s3cret" }, "visibility: Invalid option"],
  ["Company", "company.created", {}, "id: expected an id"],
  ["Workspace", "workspace.created", null, "Invalid input: expected object, received null"],
])("rejects a %s of a %s that does not fit, naming the field", (kind, type, data, words) => {
  const { maker } = aRecordMaker({ records: { [kind]: () => data } });

  const recorded = maker.recordsOf(anyEvent(type, {}));

  expect(recorded).toEqual({
    outcome: {
      kind: "rejected",
      reason: expect.stringContaining(`what records.${kind} returned does not fit: ${words}`),
    },
  });
  expect(JSON.stringify(recorded)).not.toContain("s3cret");
});

it("rejects what is thrown without being an error", () => {
  const mapper = (): never => {
    // oxlint-disable-next-line no-throw-literal typescript/only-throw-error
    throw "s3cret";
  };
  const { maker } = aRecordMaker({ records: { User: mapper } });

  expect(maker.recordsOf(anEvent("user.created", aUser()))).toEqual({
    outcome: { kind: "rejected", reason: "records.User failed (no error object)" },
  });
});

it("keeps to who is sent for a host's own shapes, too", () => {
  const { maker } = aRecordMaker({
    records: { Message: () => aMessage({ author: { ...PERSON, sharing: "nothing" } }) },
  });

  expect(maker.recordsOf(anyEvent("message.created", {}))).toEqual({
    outcome: { kind: "skipped", reason: "the author shares nothing" },
  });
});

it("calls mappers as methods of the object they came in", () => {
  class Mappers {
    readonly prefix = "ours";
    Company(): { id: string } {
      return { id: `${this.prefix}-1` };
    }
  }
  const { maker } = aRecordMaker({ records: new Mappers() });

  expect(maker.recordsOf(anyEvent("company.created", {}))).toMatchObject({
    records: [{ properties: { company_id: "ours-1" } }],
  });
});

it("rejects what a mapper promises, and leaves no rejection of it unhandled", () => {
  const mapper = (async () => Promise.reject(new Error("late"))) as unknown as () => undefined;
  const { maker } = aRecordMaker({ records: { User: mapper } });

  expect(maker.recordsOf(anEvent("user.created", aUser()))).toEqual({
    outcome: { kind: "rejected", reason: "records.User returned a promise: mappers answer at once" },
  });
});
