import type { DeliveryPage, DeliveryQuery } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onRecords } from "../tampering.ts";

/** A field of a query, and the tests that notice when it is not looked at. */
const IGNORED: readonly (readonly [keyof DeliveryQuery, readonly string[]])[] = [
  [
    "id",
    [
      "lists by id",
      "tells delivery ids apart, whatever is in them",
      "knows nothing of an id it was never given",
      "lists what all fields of a query hold for, not any",
    ],
  ],
  [
    "sink",
    [
      "lists by sink",
      "tells lanes apart, whatever is in their names",
      "lists what all fields of a query hold for, not any",
    ],
  ],
  ["destination", ["lists by destination", "tells lanes apart, whatever is in their names"]],
  [
    "state",
    [
      "lists by state",
      "shows a delivery as leased after its lease is over, until it is leased again",
      "lists all dead letters page by page, none twice",
      "lists what all fields of a query hold for, not any",
      "shows what is pending in a disabled lane as parked",
      "replays one delivery by its id, and no other",
      "replays what a query holds for, and nothing else that has ended",
      "replays what was published since a time",
      "leaves the other sinks untouched when it replays to one",
      "discards what a query holds for, and nothing else",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
  ],
  ["type", ["lists by type", "finds exactly the type and the tenant that are asked for"]],
  ["tenant", ["lists by tenant", "finds exactly the type and the tenant that are asked for"]],
  ["since", ["lists by since", "lists what was published at the very time asked for, and nothing before it"]],
];

export const deadLetters: readonly Saboteur[] = [
  {
    name: "writes the data of a dead letter anew",
    caughtBy: ["keeps the bytes of a dead letter: of the event, and of what it was mapped to"],
    sabotage: (store) =>
      onRecords(store, (record) => {
        if (record.state !== "dead") return record;
        return { ...record, event: { ...record.event, data: anew(record.event.data) } };
      }),
  },
  {
    name: "writes anew what a dead letter was mapped to",
    caughtBy: ["keeps the bytes of a dead letter: of the event, and of what it was mapped to"],
    sabotage: (store) =>
      onRecords(store, (record) => {
        if (record.state !== "dead" || record.mapped === undefined) return record;
        return { ...record, mapped: { ...record.mapped, data: anew(record.mapped.data) } };
      }),
  },
  {
    name: "forgets the attempts of a dead letter",
    caughtBy: ["keeps why a dead letter died, and its attempts"],
    sabotage: (store) => onRecords(store, (record) => (record.state === "dead" ? { ...record, history: [] } : record)),
  },
  {
    name: "forgets why a dead letter died",
    caughtBy: ["keeps why a dead letter died, and its attempts"],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "dead" ? { ...record, reason: undefined } : record)),
  },
  {
    name: "takes the first delivery for one that it does not know",
    caughtBy: [
      "knows nothing of an id it was never given",
      "adds no deliveries to an event it has",
      "records nothing of a batch that would overfill the backlog",
      "replaces a delivery by one for each destination",
    ],
    sabotage: (store) =>
      wrapped(store, { get: async (id) => (await store.get(id)) ?? (await store.query({}, { limit: 1 })).items[0] }),
  },
  {
    name: "lists deliveries by when they are due",
    caughtBy: ["lists deliveries in the order of arrival", "discards what is pending, be it due or not"],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, page) => {
          const { items, ...rest } = await store.query(query, page);
          return { items: items.toSorted((a, b) => a.dueAt - b.dueAt), ...rest };
        },
      }),
  },
  {
    name: "drops the last delivery of a page that another follows",
    caughtBy: [
      "lists all dead letters page by page, none twice",
      "leaves no gap in a listing when what was on the pages before is gone from it",
      "comes to the end of a listing though more arrives with every page",
      "counts the deliveries of each state as a full scan does, after any calls",
      "counts what is parked as a full scan does, after any calls",
      "counts the events as a full scan does, after any calls",
      "counts what is unfinished in each lane as a full scan does, after any calls",
    ],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, page) => {
          const { items, ...rest } = await store.query(query, page);
          return { items: rest.cursor === undefined ? items : items.slice(0, -1), ...rest };
        },
      }),
  },
  {
    name: "begins a page with the last delivery of the one before",
    caughtBy: [
      "lists all dead letters page by page, none twice",
      "leaves no gap in a listing when what was on the pages before is gone from it",
      "comes to the end of a listing though more arrives with every page",
      "counts the deliveries of each state as a full scan does, after any calls",
      "counts what is parked as a full scan does, after any calls",
      "counts what is unfinished in each lane as a full scan does, after any calls",
    ],
    sabotage: (store) => {
      const lastOf = new Map<string, DeliveryPage["items"]>();
      return wrapped(store, {
        query: async (query, page) => {
          const { items, ...rest } = await store.query(query, page);
          if (rest.cursor !== undefined) lastOf.set(rest.cursor, items.slice(-1));
          return { items: [...(lastOf.get(page.cursor ?? "") ?? []), ...items].slice(0, page.limit), ...rest };
        },
      });
    },
  },
  {
    name: "gives one more on a page than asked for",
    caughtBy: ["gives no more on a page than asked for"],
    sabotage: (store) =>
      wrapped(store, { query: (query, page) => store.query(query, { ...page, limit: page.limit + 1 }) }),
  },
  {
    name: "goes on with a listing by how many it has listed",
    caughtBy: ["leaves no gap in a listing when what was on the pages before is gone from it"],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, { limit, cursor }) => {
          const [, offset, last] = /^(\d+):(\d+)$/.exec(cursor ?? "0:0") ?? [];
          if (offset === undefined || last === undefined) return store.query(query, { limit, cursor });
          const from = Number(offset);
          const all = await store.query(query, { limit: from + limit, cursor: last === "0" ? undefined : `0-${last}` });
          const end = last === "0" ? all.cursor?.split("-")[1] : last;
          const items = all.items.slice(from);
          return { items, ...(all.cursor !== undefined && { cursor: `${from + limit}:${end}` }) };
        },
      }),
  },
  {
    name: "lists on into what arrived after the first page",
    caughtBy: ["comes to the end of a listing though more arrives with every page"],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, page) => {
          const { cursor, ...rest } = await store.query(query, page);
          return { ...rest, ...(cursor !== undefined && { cursor: cursor.replace(/\d+$/, "999999999") }) };
        },
      }),
  },
  ...IGNORED.map(([field, caughtBy]): Saboteur => ({
    name: `lists deliveries whatever the ${field}`,
    caughtBy,
    sabotage: (store) =>
      wrapped(store, { query: (query, page) => store.query({ ...query, [field]: undefined }, page) }),
  })),
  {
    name: "lists what any field of a query holds for",
    caughtBy: ["lists what all fields of a query hold for, not any", "tells lanes apart, whatever is in their names"],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, page) => {
          const fields = Object.entries(query);
          if (fields.length < 2 || page.cursor !== undefined) return store.query(query, page);
          const found = await Promise.all(fields.map(([field, value]) => store.query({ [field]: value }, page)));
          const ids = new Set(found.flatMap(({ items }) => items.map(({ id }) => id)));
          const { items } = await store.query({}, { limit: 1000 });
          return { items: items.filter(({ id }) => ids.has(id)).slice(0, page.limit) };
        },
      }),
  },
  {
    name: "leaves out what was published at the very time asked for",
    caughtBy: ["lists what was published at the very time asked for, and nothing before it", "lists by since"],
    sabotage: (store) =>
      wrapped(store, {
        query: ({ since, ...query }, page) =>
          store.query({ ...query, ...(since !== undefined && { since: since + 1 }) }, page),
      }),
  },
  {
    name: "compares times of events to the second",
    caughtBy: ["lists what was published at the very time asked for, and nothing before it"],
    sabotage: (store) =>
      wrapped(store, {
        query: ({ since, ...query }, page) =>
          store.query({ ...query, ...(since !== undefined && { since: since - 1000 }) }, page),
      }),
  },
  {
    name: "shows what is parked as pending",
    caughtBy: [
      "shows what is pending in a disabled lane as parked",
      "parks what it replays to a disabled lane",
      "remembers the state of a lane that holds nothing yet",
      "counts what is parked as a full scan does, after any calls",
    ],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "parked" ? { ...record, state: "pending" } : record)),
  },
  {
    name: "lists what is out of a disabled lane as parked",
    caughtBy: ["shows what is pending in a disabled lane as parked"],
    sabotage: (store) => {
      const isDisabled = async (): Promise<boolean> =>
        (await store.lanes()).some(({ status }) => status.state === "disabled");
      return wrapped(store, {
        query: async (query, page) => {
          const found = await store.query(query, page);
          if (query.state !== "parked" || !(await isDisabled())) return found;
          const out = await store.query({ ...query, state: "leased" }, page);
          return { ...found, items: [...found.items, ...out.items] };
        },
      });
    },
  },
  {
    name: "leaves what is parked out of what is pending",
    caughtBy: ["lists what is parked as pending too"],
    sabotage: (store) =>
      wrapped(store, {
        query: async (query, page) => {
          const { items, ...rest } = await store.query(query, page);
          return {
            items: query.state === "pending" ? items.filter(({ state }) => state === "pending") : items,
            ...rest,
          };
        },
      }),
  },
  ...(["query", "replay", "discard"] as const).map((method): Saboteur => ({
    name: `begins anew when it is given a cursor that is none: ${method}`,
    caughtBy: [`refuses a cursor that no store gave: ${method}`],
    sabotage: (store) =>
      wrapped(store, {
        [method]: (query: DeliveryQuery, page: { limit: number; now: number; cursor?: string }) =>
          store[method](query, { ...page, cursor: page.cursor?.includes("-") === true ? page.cursor : undefined }),
      }),
  })),
];

function anew(json: string): string {
  return JSON.stringify(JSON.parse(json));
}
