import type { DeliveryQuery, DeliveryRecord, DeliveryState, Store } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { choosing, onLease, onLeased, onRecords } from "../tampering.ts";

/** How a delivery ended, and the tests that notice when it is not replayed. */
const NOT_REPLAYED: readonly (readonly [DeliveryState, readonly string[]])[] = [
  [
    "delivered",
    [
      "replays what is delivered",
      "replays one delivery by its id, and no other",
      "replays what was published since a time",
      "replays nothing that is unfinished, and counts none of it",
      "comes to the end of a replay though what it replays ends again meanwhile",
      "names each lane in which it made something due, once",
      "keeps the order of arrival among what it replays",
      "puts what it replays behind what waits in the same key",
      "parks what it replays to a disabled lane",
      "never forgets what is due again by a replay",
      "finds nothing again when a page of a replay is asked for again",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
  ],
  ["skipped", ["replays what is skipped"]],
  [
    "dead",
    [
      "replays what is dead",
      "replays what a query holds for, and nothing else that has ended",
      "leaves the other sinks untouched when it replays to one",
      "starts a replayed delivery anew, under the same id",
      "forgets how a replayed delivery had ended",
      "keeps the history of a delivery through its replay",
      "replays no more at a time than asked for, and the rest by the cursor",
    ],
  ],
  ["discarded", ["replays what is discarded"]],
];
/** A field of a query, and the tests that notice when it is not looked at. */
const IGNORED: readonly (readonly [keyof DeliveryQuery, readonly string[]])[] = [
  [
    "id",
    [
      "replays one delivery by its id, and no other",
      "leaves no gap in a listing when what was on the pages before is gone from it",
    ],
  ],
  ["state", ["replays what a query holds for, and nothing else that has ended"]],
  ["since", ["replays what was published since a time"]],
  ["sink", ["leaves the other sinks untouched when it replays to one"]],
];

export const replaying: readonly Saboteur[] = [
  ...NOT_REPLAYED.map(([state, caughtBy]): Saboteur => ({
    name: `replays nothing that is ${state}`,
    caughtBy,
    sabotage: (store) => choosing(store, "replay", (record) => record.state !== state),
  })),
  ...IGNORED.map(([field, caughtBy]): Saboteur => ({
    name: `replays whatever the ${field}`,
    caughtBy,
    sabotage: (store) =>
      wrapped(store, { replay: (query, page) => store.replay({ ...query, [field]: undefined }, page) }),
  })),
  {
    name: "goes on counting the attempts of what it replayed",
    caughtBy: ["starts a replayed delivery anew, under the same id"],
    sabotage: (store) => {
      const replayed = new Map<string, number>();
      const noting = notingReplayed(store, ({ id, attempts }) => replayed.set(id, attempts));
      return onLeased(noting, (delivery) => ({
        ...delivery,
        attempt: delivery.attempt + (replayed.get(delivery.id) ?? 0),
      }));
    },
  },
  {
    name: "has a replayed delivery due when it was due before",
    caughtBy: ["starts a replayed delivery anew, under the same id"],
    sabotage: (store) => {
      const dueAt = new Map<string, number>();
      const noting = notingReplayed(store, (record) => dueAt.set(record.id, record.dueAt));
      return onRecords(noting, (record) => ({ ...record, dueAt: dueAt.get(record.id) ?? record.dueAt }));
    },
  },
  {
    name: "shows how a replayed delivery had ended",
    caughtBy: ["forgets how a replayed delivery had ended"],
    sabotage: (store) => {
      const reasons = new Map<string, string | undefined>();
      const noting = notingReplayed(store, ({ id, reason }) => reasons.set(id, reason));
      return onRecords(noting, (record) => ({ ...record, reason: record.reason ?? reasons.get(record.id) }));
    },
  },
  {
    name: "forgets the history of what it replays",
    caughtBy: ["keeps the history of a delivery through its replay"],
    sabotage: (store) => {
      const lengths = new Map<string, number>();
      const noting = notingReplayed(store, ({ id, history }) => lengths.set(id, history.length));
      return onRecords(noting, (record) => ({ ...record, history: record.history.slice(lengths.get(record.id) ?? 0) }));
    },
  },
  {
    name: "takes back what is out when it replays",
    caughtBy: ["replays nothing that is unfinished, and counts none of it"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        replay: async (query, page) => {
          await book.settleAll("pending", page.now);
          return book.store.replay(query, page);
        },
      });
    },
  },
  {
    name: "counts what waits as replayed",
    caughtBy: [
      "replays nothing that is unfinished, and counts none of it",
      "replays no more at a time than asked for, and the rest by the cursor",
    ],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const waiting = await store.query(query, { limit: page.limit });
          const { count, ...rest } = await store.replay(query, page);
          return { ...rest, count: count + waiting.items.filter(({ state }) => state === "pending").length };
        },
      }),
  },
  {
    name: "replays one more than asked for",
    caughtBy: [
      "replays no more at a time than asked for, and the rest by the cursor",
      "finds nothing again when a page of a replay is asked for again",
      "replays nothing at a limit of 0",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
    sabotage: (store) =>
      wrapped(store, { replay: (query, page) => store.replay(query, { ...page, limit: page.limit + 1 }) }),
  },
  {
    name: "takes a limit of 0 for one of 1",
    caughtBy: [
      "replays nothing at a limit of 0",
      "finds nothing again when a page of a replay is asked for again",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
    sabotage: (store) =>
      wrapped(store, { replay: (query, page) => store.replay(query, { ...page, limit: Math.max(1, page.limit) }) }),
  },
  {
    name: "gives no cursor at a limit of 0",
    caughtBy: [
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
      "finds nothing again when a page of a replay is asked for again",
    ],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const { cursor, ...answer } = await store.replay(query, page);
          return page.limit === 0 || cursor === undefined ? answer : { ...answer, cursor };
        },
      }),
  },
  {
    name: "ends a replay with its first page",
    caughtBy: [
      "replays no more at a time than asked for, and the rest by the cursor",
      "comes to the end of a replay though what it replays ends again meanwhile",
      "finds nothing again when a page of a replay is asked for again",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const { cursor: _, ...answer } = await store.replay(query, page);
          return answer;
        },
      }),
  },
  {
    name: "replays on into what ended after the first page",
    caughtBy: [
      "comes to the end of a replay though what it replays ends again meanwhile",
      "finds nothing again when a page of a replay is asked for again",
      "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    ],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const { cursor, ...rest } = await store.replay(query, page);
          return { ...rest, ...(cursor !== undefined && { cursor: cursor.replace(/\d+$/, "999999999") }) };
        },
      }),
  },
  {
    name: "names a lane for each delivery that it replayed there",
    caughtBy: ["names each lane in which it made something due, once"],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const { count, lanes, ...rest } = await store.replay(query, page);
          const more = Array.from({ length: count - lanes.length }, () => lanes[0] ?? { sink: "", destination: "" });
          return { ...rest, count, lanes: [...lanes, ...more] };
        },
      }),
  },
  {
    name: "names only the first of the lanes that it replayed to",
    caughtBy: ["names each lane in which it made something due, once"],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const { lanes, ...rest } = await store.replay(query, page);
          return { ...rest, lanes: lanes.slice(0, 1) };
        },
      }),
  },
  {
    name: "replays the last to arrive first",
    caughtBy: [
      "keeps the order of arrival among what it replays",
      "replays what was published since a time",
      "replays no more at a time than asked for, and the rest by the cursor",
    ],
    sabotage: (store) =>
      choosing(
        store,
        "replay",
        () => true,
        (records) => records.toReversed(),
      ),
  },
  {
    name: "puts what it replays before what waits",
    caughtBy: ["puts what it replays behind what waits in the same key"],
    sabotage: (store) => {
      const replayed = new Set<string>();
      return onLease(
        notingReplayed(store, ({ id }) => replayed.add(id)),
        (given) => [...given.filter(({ id }) => replayed.has(id)), ...given.filter(({ id }) => !replayed.has(id))],
      );
    },
  },
  {
    name: "sets the lanes to which it replays active",
    caughtBy: ["parks what it replays to a disabled lane"],
    sabotage: (store) =>
      wrapped(store, {
        replay: async (query, page) => {
          const answer = await store.replay(query, page);
          for (const lane of answer.lanes) await store.setLane(lane, { state: "active" });
          return answer;
        },
      }),
  },
];

/** Tells of each delivery as it is before it is replayed. */
function notingReplayed(store: Store, note: (record: DeliveryRecord) => unknown): Store {
  return wrapped(store, {
    replay: async (query: DeliveryQuery, page) => {
      const { items } = await store.query(query, { limit: 1000 });
      for (const record of items) if (record.endedAt !== undefined) note(record);
      return store.replay(query, page);
    },
  });
}
