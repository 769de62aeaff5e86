import type { DeliveryRecord, DeliveryState, PruneBounds, Store, StoreStats } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { choosing } from "../tampering.ts";

const DEAD_LETTERS_LAST = "keeps a dead letter until it is as old as dead letters may be, whatever the other bounds";

const ALL = { limit: 1000 };

/** How a delivery ended, and the tests that notice when it is never forgotten. */
const KEPT: readonly (readonly [keyof StoreStats, readonly string[]])[] = [
  [
    "delivered",
    [
      "forgets whatever way a delivery ended",
      "forgets what ended before the time given, not what ended at it",
      "forgets by when deliveries ended, not by when they arrived",
      "forgets by when deliveries ended even if the clock went back between",
      "keeps what ended within the bytes given, the last ended the longest",
      "forgets no more at a time than asked for, and says when more is left",
      "keeps an event as long as one of its deliveries",
      "takes the id of a forgotten event for new",
    ],
  ],
  ["skipped", ["forgets whatever way a delivery ended"]],
  ["dead", ["forgets whatever way a delivery ended", DEAD_LETTERS_LAST]],
  ["discarded", ["forgets whatever way a delivery ended"]],
];
/** A state that is not finished, and the tests that notice when it is forgotten. */
const FORGOTTEN: readonly (readonly [DeliveryState, readonly string[]])[] = [
  [
    "pending",
    [
      "never forgets what is pending",
      "counts no bytes of what is unfinished",
      "never forgets what is due again by a replay",
      "keeps an event as long as one of its deliveries",
    ],
  ],
  ["parked", ["never forgets what is parked"]],
];

export const retention: readonly Saboteur[] = [
  {
    name: "forgets what ended at the time given",
    caughtBy: [
      "forgets what ended before the time given, not what ended at it",
      "knows the id of an event that is owed to nobody until it is as old as what is forgotten",
    ],
    sabotage: (store) => pruning(store, ({ before, ...rest }) => ({ ...rest, before: before + 1 })),
  },
  {
    name: "keeps what ended just before the time given",
    caughtBy: [
      "forgets what ended before the time given, not what ended at it",
      "forgets whatever way a delivery ended",
      "knows the id of an event that is owed to nobody until it is as old as what is forgotten",
    ],
    sabotage: (store) => pruning(store, ({ before, ...rest }) => ({ ...rest, before: before - 1 })),
  },
  {
    name: "stops forgetting at the first to arrive of those that are young enough",
    caughtBy: [
      "forgets by when deliveries ended, not by when they arrived",
      "forgets by when deliveries ended even if the clock went back between",
    ],
    sabotage: (store) =>
      wrapped(store, {
        prune: async (bounds) => {
          const first = (await store.query({}, ALL)).items.find(({ endedAt }) => endedAt !== undefined);
          return isYoung(first, bounds) ? false : store.prune(bounds);
        },
      }),
  },
  {
    name: "stops forgetting at the first whose end it was told of and that is young enough",
    caughtBy: ["forgets by when deliveries ended even if the clock went back between"],
    sabotage: (store) => {
      const told: string[] = [];
      return wrapped(store, {
        settle: async (settlements, now) => {
          const answers = await store.settle(settlements, now);
          for (const { id, state } of settlements) if (state !== "pending") told.push(id);
          return answers;
        },
        prune: async (bounds) => {
          const first = told[0] === undefined ? undefined : await store.get(told[0]);
          return isYoung(first, bounds) ? false : store.prune(bounds);
        },
      });
    },
  },
  ...KEPT.map(([state, caughtBy]): Saboteur => ({
    name: `forgets nothing that is ${state}, nor what ended after it`,
    caughtBy,
    sabotage: (store) =>
      wrapped(store, {
        prune: async (bounds) => ((await store.stats())[state] > 0 ? false : store.prune(bounds)),
      }),
  })),
  {
    name: "forgets dead letters by the bounds of all the rest",
    caughtBy: [DEAD_LETTERS_LAST],
    sabotage: (store) =>
      pruning(store, ({ deadBefore, ...rest }) => ({ ...rest, deadBefore: Math.max(deadBefore, rest.before) })),
  },
  {
    name: "forgets dead letters that died at the time given",
    caughtBy: [DEAD_LETTERS_LAST],
    sabotage: (store) => pruning(store, ({ deadBefore, ...rest }) => ({ ...rest, deadBefore: deadBefore + 1 })),
  },
  {
    name: "keeps dead letters for ever",
    caughtBy: ["forgets whatever way a delivery ended", DEAD_LETTERS_LAST],
    sabotage: (store) => pruning(store, (bounds) => ({ ...bounds, deadBefore: -Infinity })),
  },
  {
    name: "counts the bytes of dead letters too",
    caughtBy: ["counts no bytes of dead letters"],
    sabotage: (store) =>
      wrapped(store, {
        prune: async ({ maxBytes, ...rest }) => {
          const { items } = await store.query({ state: "dead" }, ALL);
          const bytes = items.reduce((sum, { event }) => sum + event.data.length, 0);
          return store.prune({ ...rest, maxBytes: maxBytes - bytes });
        },
      }),
  },
  {
    name: "keeps what is young enough, whatever its bytes",
    caughtBy: ["keeps what ended within the bytes given, the last ended the longest"],
    sabotage: (store) => pruning(store, (bounds) => ({ ...bounds, maxBytes: Infinity })),
  },
  {
    name: "keeps half of the bytes given",
    caughtBy: ["keeps what ended within the bytes given, the last ended the longest"],
    sabotage: (store) => pruning(store, ({ maxBytes, ...rest }) => ({ ...rest, maxBytes: maxBytes / 2 })),
  },
  {
    name: "counts the bytes of what is unfinished too",
    caughtBy: ["counts no bytes of what is unfinished"],
    sabotage: (store) =>
      wrapped(store, {
        prune: async ({ maxBytes, ...rest }) => {
          const { items } = await store.query({}, ALL);
          const unfinished = items.filter(({ endedAt }) => endedAt === undefined);
          const bytes = unfinished.reduce((sum, { event }) => sum + event.data.length, 0);
          return store.prune({ ...rest, maxBytes: maxBytes - bytes });
        },
      }),
  },
  {
    name: "forgets one more than asked for",
    caughtBy: ["forgets no more at a time than asked for, and says when more is left"],
    sabotage: (store) => pruning(store, ({ limit, ...rest }) => ({ ...rest, limit: limit + 1 })),
  },
  {
    name: "says that nothing is left to forget when something is",
    caughtBy: ["forgets no more at a time than asked for, and says when more is left"],
    sabotage: (store) =>
      wrapped(store, {
        prune: async (bounds) => {
          await store.prune(bounds);
          return false;
        },
      }),
  },
  {
    name: "says that more is left to forget when nothing is",
    caughtBy: ["says when nothing is left to forget"],
    sabotage: (store) =>
      wrapped(store, {
        prune: async (bounds) => {
          await store.prune(bounds);
          return true;
        },
      }),
  },
  ...FORGOTTEN.map(([state, caughtBy]): Saboteur => ({
    name: `forgets what is ${state}`,
    caughtBy,
    sabotage: (store) => {
      const ending = choosing(store, "discard", (record) => record.state === state);
      return wrapped(store, {
        prune: async (bounds) => {
          await ending.discard({}, { limit: 1000, now: -1 });
          return store.prune(bounds);
        },
      });
    },
  })),
  {
    name: "forgets what is leased",
    caughtBy: ["never forgets what is leased", "never forgets what is out on a lease that is over"],
    sabotage: (store) => endingLeases(store, () => true),
  },
  {
    name: "forgets what is out on a lease that is over",
    caughtBy: ["never forgets what is out on a lease that is over"],
    sabotage: (store) => endingLeases(store, (until) => until < 100),
  },
  {
    name: "forgets what was replayed",
    caughtBy: ["never forgets what is due again by a replay"],
    sabotage: (store) => {
      let isReplayed = false;
      return wrapped(store, {
        replay: (query, page) => {
          isReplayed = true;
          return store.replay(query, page);
        },
        prune: async (bounds) => {
          if (isReplayed) await store.discard({}, { ...ALL, now: -1 });
          return store.prune(bounds);
        },
      });
    },
  },
  {
    name: "forgets an event with the first of its deliveries",
    caughtBy: ["keeps an event as long as one of its deliveries"],
    sabotage: (store) => {
      const forgotten = new Set<string>();
      return wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(entries, options);
          return answers.map((answer, index) => (forgotten.has(entries[index]?.event.id ?? "") ? "appended" : answer));
        },
        prune: async (bounds) => {
          const before = (await store.query({}, ALL)).items;
          const isMore = await store.prune(bounds);
          const left = new Set((await store.query({}, ALL)).items.map(({ id }) => id));
          for (const { id, event } of before) if (!left.has(id)) forgotten.add(event.id);
          return isMore;
        },
      });
    },
  },
  {
    name: "never forgets the id of an event",
    caughtBy: ["takes the id of a forgotten event for new"],
    sabotage: (store) => rememberingIds(store, (deliveries) => deliveries > 0),
  },
  {
    name: "never forgets the id of an event that is owed to nobody",
    caughtBy: ["knows the id of an event that is owed to nobody until it is as old as what is forgotten"],
    sabotage: (store) => rememberingIds(store, (deliveries) => deliveries === 0),
  },
];

function pruning(store: Store, change: (bounds: PruneBounds) => PruneBounds): Store {
  return wrapped(store, { prune: (bounds) => store.prune(change(bounds)) });
}

function isYoung(record: DeliveryRecord | undefined, { before, maxBytes }: PruneBounds): boolean {
  return record?.endedAt !== undefined && record.endedAt >= before && maxBytes === Infinity;
}

/** Takes those whose lease ends at such a time for delivered, when it prunes. */
function endingLeases(store: Store, isEnded: (until: number) => boolean): Store {
  const book = new LeaseBook(store);
  return wrapped(book.store, {
    prune: async (bounds) => {
      const ended = [...book.open.values()].filter(({ until }) => isEnded(until));
      await book.store.settle(
        ended.map(({ id, leaseId }) => ({ id, leaseId, state: "delivered" })),
        -1,
      );
      return store.prune(bounds);
    },
  });
}

function rememberingIds(store: Store, isRemembered: (deliveries: number) => boolean): Store {
  const known = new Set<string>();
  return wrapped(store, {
    append: async (entries, options) => {
      const fresh = entries.filter(({ event }) => !known.has(event.id));
      const answers = [...(await store.append(fresh, options))];
      const all = entries.map(({ event }) => (known.has(event.id) ? "duplicate" : (answers.shift() ?? "duplicate")));
      for (const { event, deliveries } of fresh) if (isRemembered(deliveries.length)) known.add(event.id);
      return all;
    },
  });
}
