import type { PublishManyEntry } from "@bus/core";
import type { kgEvents } from "../../src/index.ts";
import type { Fate, PlannedEvent, Scenario } from "./scenario.ts";

/** Whose record it is: the event's id and, as one event may have several, its own. */
export interface RecordIds {
  readonly event: string;
  readonly record: string;
}

/** The events in order, each with its place as its id. */
export function eventsOf({ groups }: Scenario): readonly PlannedEvent[] {
  return groups.flatMap(({ events }) => events);
}

/** What the host publishes. The sink must be told to send `event_id`. */
export function entryOf({ records, fate }: PlannedEvent, place: number): PublishManyEntry<typeof kgEvents> {
  const id = String(place);
  const content = fate.kind === "huge" ? "x".repeat(3_000) : "hello";
  if (records > 1) {
    const companies = Array.from({ length: records }, (_, index) => ({ id: `c${index}` }));
    return { type: "user.updated", id, data: { id: `u${id}`, sharing: "all", username: content, companies } };
  }
  const author = { id: "u", sharing: records === 0 ? "nothing" : "all" };
  const data = {
    id: `m${id}`,
    threadId: "t",
    content,
    createdAt: 0,
    author,
    company: { id: "c0" },
    channel: { id: "ch" },
  };
  return { type: "message.created", id, data };
}

export function idsOf({ value }: { readonly value: unknown }): RecordIds {
  const { event_id: event, company_id: company } = (value as { properties: { event_id: string; company_id: string } })
    .properties;
  return { event, record: `${event}/${company.slice(1)}` };
}

export function recordIdsOf({ records }: PlannedEvent, place: number): readonly string[] {
  return Array.from({ length: records }, (_, index) => `${place}/${index}`);
}

/** The fate of one record. All records of a huge event are huge. */
export function fateOf(scenario: Scenario, sent: { readonly value: unknown }): Fate {
  const { event, record } = idsOf(sent);
  const planned = eventsOf(scenario)[Number(event)]!;
  return record === `${event}/${planned.at % planned.records}` ? planned.fate : { kind: "fine" };
}
