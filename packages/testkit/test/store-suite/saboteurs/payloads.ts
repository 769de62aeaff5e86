import type { AppendEntry, LaneId, NewDelivery, Store, StoredEvent } from "@bus/core";
import { JSON_TEXTS } from "../../../src/store-suite/texts.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onLeased, onLanes, onRecords, onSettlements } from "../tampering.ts";

export const payloads: readonly Saboteur[] = [
  {
    name: "keeps data as it would write it",
    caughtBy: [
      "keeps data as it was given: lone surrogates",
      "keeps data as it was given: integers beyond 2^53",
      "keeps data as it was given: negative zero",
      "keeps data as it was given: numbers as they were written",
      "keeps data as it was given: members of one name",
      "keeps data as it was given: white space",
      "keeps the bytes of a dead letter: of the event, and of what it was mapped to",
    ],
    sabotage: (store) => onData(store, rewritten),
  },
  {
    name: "keeps data as text in UTF-8",
    caughtBy: ["keeps data as it was given: lone surrogates"],
    sabotage: (store) => onData(store, (data) => data.toWellFormed()),
  },
  {
    name: "drops U+0000 from data",
    caughtBy: ["keeps data as it was given: U+0000"],
    sabotage: (store) => onData(store, (data) => data.replaceAll("\\u0000", "")),
  },
  {
    name: "takes accents written one way for those written the other",
    caughtBy: ["keeps data as it was given: characters of every plane"],
    sabotage: (store) => onData(store, (data) => data.normalize()),
  },
  {
    name: "cuts data off at 1,000,000 characters",
    caughtBy: ["keeps data as it was given: 1 MiB"],
    sabotage: (store) => onData(store, (data) => data.slice(0, 1_000_000)),
  },
  {
    name: "takes the empty string for no data",
    caughtBy: ["keeps data as it was given: an empty string"],
    sabotage: (store) => onData(store, (data) => (data === '""' ? "null" : data)),
  },
  {
    name: "takes null for an empty object",
    caughtBy: ["keeps data as it was given: null"],
    sabotage: (store) => onData(store, (data) => (data === "null" ? "{}" : data)),
  },
  {
    name: "takes an empty object for none",
    caughtBy: [
      "keeps data as it was given: an empty object",
      "keeps the attributes of an event",
      "tells an empty attribute of an event from none",
      "keeps the time of an event as it was written",
    ],
    sabotage: (store) =>
      onEvents(store, (event) => ({ ...event, data: event.data === "{}" && event.id === "a" ? "" : event.data })),
  },
  {
    name: "drops members that are called __proto__",
    caughtBy: ["keeps data as it was given: a member called __proto__"],
    sabotage: (store) => onData(store, (data) => data.replace('"__proto__":{"isAdmin":true},', "")),
  },
  {
    name: "refuses data of more than 500 levels",
    caughtBy: ["keeps data as it was given: 1,000 levels"],
    sabotage: (store) =>
      onData(store, (data) => {
        if (data.startsWith("[".repeat(500))) throw new Error("The data is too deep.");
        return data;
      }),
  },
  {
    name: "gives the data of the event where a map made other",
    caughtBy: ["keeps what a map made of an event as it was given"],
    sabotage: (store) =>
      onDeliveries(store, ({ mapped, ...delivery }) => ({
        ...delivery,
        ...(mapped && { mapped: { ...mapped, data: mapped.data.startsWith("[") ? "{}" : mapped.data } }),
      })),
  },
  {
    name: "drops the tenant of an event",
    caughtBy: [
      "keeps the attributes of an event",
      "tells an empty attribute of an event from none",
      "finds exactly the type and the tenant that are asked for",
      "lists by tenant",
    ],
    sabotage: (store) => onEvents(store, ({ tenant: _, ...event }) => event),
  },
  {
    name: "drops empty attributes",
    caughtBy: ["tells an empty attribute of an event from none"],
    sabotage: (store) =>
      onEvents(store, ({ subject, ...event }) => ({
        ...event,
        ...(subject !== undefined && subject !== "" && { subject }),
      })),
  },
  {
    name: "shows attributes that an event does not have as null",
    caughtBy: [
      "adds nothing to an event that has no attributes",
      "leaves an event as it was when its id comes again",
      "keeps the time of an event as it was written",
      ...JSON_TEXTS.map(([what]) => `keeps data as it was given: ${what}`),
    ],
    sabotage: (store) => {
      const filled = <Shown extends { readonly event: StoredEvent }>(shown: Shown): Shown => ({
        ...shown,
        event: { subject: null, ...shown.event },
      });
      return onRecords(onLeased(store, filled), filled);
    },
  },
  {
    name: "keeps the time of an event as it would write it",
    caughtBy: ["keeps the time of an event as it was written"],
    sabotage: (store) => onEvents(store, (event) => ({ ...event, time: new Date(event.time).toISOString() })),
  },
  {
    name: "takes event ids in capitals for those in small letters",
    caughtBy: ["tells event ids apart, whatever is in them"],
    sabotage: (store) => onEvents(store, (event) => ({ ...event, id: event.id === "A" ? "a" : event.id })),
  },
  {
    name: "finds deliveries by their ids without space at the end",
    caughtBy: ["tells delivery ids apart, whatever is in them"],
    sabotage: (store) => wrapped(store, { get: (id) => store.get(id.trimEnd()) }),
  },
  {
    name: "takes the empty order key for none",
    caughtBy: ["tells order keys apart, whatever is in them, and the empty one from none"],
    sabotage: (store) =>
      onDeliveries(store, ({ orderKey, ...delivery }) => ({ ...delivery, ...(orderKey !== "" && { orderKey }) })),
  },
  {
    name: "takes order keys that differ in lone surrogates for one",
    caughtBy: ["tells order keys apart, whatever is in them, and the empty one from none"],
    sabotage: (store) =>
      onDeliveries(store, ({ orderKey, ...delivery }) => ({ ...delivery, orderKey: orderKey?.toWellFormed() })),
  },
  {
    name: "joins the names of sink and destination by a slash",
    caughtBy: ["tells lanes apart, whatever is in their names"],
    sabotage: (store) => onLaneIds(store, split("/")),
  },
  {
    name: "joins the names of sink and destination by U+0000",
    caughtBy: ["tells lanes apart, whatever is in their names"],
    sabotage: (store) => onLaneIds(store, split("\0")),
  },
  {
    name: "finds types in capitals and small letters alike",
    caughtBy: ["finds exactly the type and the tenant that are asked for"],
    sabotage: (store) =>
      wrapped(store, {
        query: async ({ type, ...query }, page) => {
          if (type?.toLowerCase() !== "a") return store.query({ ...query, type }, page);
          const { items } = await store.query(query, page);
          return { items: items.filter(({ event }) => event.type.toLowerCase() === "a") };
        },
      }),
  },
  {
    name: "takes the empty tenant for any",
    caughtBy: ["finds exactly the type and the tenant that are asked for"],
    sabotage: (store) =>
      wrapped(store, {
        query: (query, page) => store.query({ ...query, tenant: query.tenant === "" ? undefined : query.tenant }, page),
      }),
  },
  {
    name: "keeps reasons as text in UTF-8",
    caughtBy: ["keeps what was said of an attempt as it was given"],
    sabotage: (store) =>
      onSettlements(store, ({ reason, ...settlement }) => ({
        ...settlement,
        ...(reason !== undefined && { reason: reason.toWellFormed() }),
      })),
  },
  {
    name: "takes the reason of an attempt for that of its delivery",
    caughtBy: ["keeps what was said of an attempt as it was given"],
    sabotage: (store) =>
      onRecords(store, (record) => ({ ...record, reason: record.reason ?? record.history.at(-2)?.reason })),
  },
  {
    name: "shows no reason of a lane that is empty",
    caughtBy: ["keeps why a lane rests as it was given"],
    sabotage: (store) =>
      onLanes(store, (lane) => {
        if (lane.status.state !== "disabled" || lane.status.reason !== "") return lane;
        return { ...lane, status: { ...lane.status, reason: "disabled" } };
      }),
  },
];

function onEntries(store: Store, change: (entry: AppendEntry) => AppendEntry): Store {
  return wrapped(store, { append: async (entries, options) => store.append(entries.map(change), options) });
}

function onEvents(store: Store, change: (event: StoredEvent) => StoredEvent): Store {
  return onEntries(store, (entry) => ({ ...entry, event: change(entry.event) }));
}

function onData(store: Store, change: (data: string) => string): Store {
  return onEvents(store, (event) => ({ ...event, data: change(event.data) }));
}

function onDeliveries(store: Store, change: (delivery: NewDelivery) => NewDelivery): Store {
  return onEntries(store, (entry) => ({ ...entry, deliveries: entry.deliveries.map(change) }));
}

/** Changes in which lane a delivery is. */
function onLaneIds(store: Store, change: (lane: LaneId) => LaneId): Store {
  return onDeliveries(store, (delivery) => ({ ...delivery, ...change(delivery) }));
}

function split(joint: string): (lane: LaneId) => LaneId {
  return ({ sink, destination }) => {
    const [first = "", ...rest] = `${sink}${joint}${destination}`.split(joint);
    return { sink: first, destination: rest.join(joint) };
  };
}

function rewritten(data: string): string {
  try {
    return JSON.stringify(JSON.parse(data));
  } catch {
    return data;
  }
}
