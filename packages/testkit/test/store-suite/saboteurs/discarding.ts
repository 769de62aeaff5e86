import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { blockingKeys, choosing, onAnswers, onRecords } from "../tampering.ts";

const NO_PAGE = { items: [] };

export const discarding: readonly Saboteur[] = [
  {
    name: "discards nothing that is not due yet",
    caughtBy: ["discards what is pending, be it due or not", "lets the followers of a discarded delivery move on"],
    sabotage: (store) => choosing(store, "discard", ({ state, dueAt }, { now }) => state !== "pending" || dueAt <= now),
  },
  {
    name: "discards nothing that is parked",
    caughtBy: ["discards what is parked"],
    sabotage: (store) => choosing(store, "discard", ({ state }) => state !== "parked"),
  },
  {
    name: "discards nothing that is dead",
    caughtBy: ["discards what is dead"],
    sabotage: (store) => choosing(store, "discard", ({ state }) => state !== "dead"),
  },
  {
    name: "does not keep when a delivery was discarded",
    caughtBy: ["keeps when a delivery was discarded", "discards nothing twice"],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "discarded" ? { ...record, endedAt: undefined } : record)),
  },
  {
    name: "discards nothing that is leased, be the lease over or not",
    caughtBy: ["discards what is out on a lease that is over, and refuses its end then"],
    sabotage: (store) => choosing(store, "discard", ({ state }) => state !== "leased"),
  },
  {
    name: "says that it took the end of what was discarded meanwhile",
    caughtBy: ["discards what is out on a lease that is over, and refuses its end then"],
    sabotage: (store) =>
      onAnswers(store, async (answer, { id }) => answer || (await store.get(id))?.state === "discarded"),
  },
  {
    name: "discards what is out on a lease",
    caughtBy: ["discards nothing that is out on a lease"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        discard: async (query, page) => {
          await book.settleAll("pending", page.now);
          return book.store.discard(query, page);
        },
      });
    },
  },
  ...(
    [
      ["delivered", "discards nothing that has ended well"],
      ["skipped", "discards nothing that has ended well"],
      ["discarded", "discards nothing twice"],
    ] as const
  ).map(([state, test]): Saboteur => ({
    name: `discards what is ${state}`,
    caughtBy: [test],
    sabotage: (store) =>
      wrapped(store, {
        discard: async (query, page) => {
          // What follows the first page has been seen to by then.
          const { items } = page.cursor === undefined ? await store.query({ ...query, state }, page) : NO_PAGE;
          for (const { id } of items) await store.replay({ id }, { limit: 1, now: page.now });
          return store.discard(query, page);
        },
      }),
  })),
  {
    name: "discards whatever the id",
    caughtBy: [
      "discards what a query holds for, and nothing else",
      "lets the followers of a discarded delivery move on",
    ],
    sabotage: (store) => wrapped(store, { discard: (query, page) => store.discard({ ...query, id: undefined }, page) }),
  },
  {
    name: "discards one more than asked for",
    caughtBy: ["discards no more at a time than asked for, and the rest by the cursor"],
    sabotage: (store) =>
      wrapped(store, { discard: (query, page) => store.discard(query, { ...page, limit: page.limit + 1 }) }),
  },
  {
    name: "ends a discard with its first page",
    caughtBy: ["discards no more at a time than asked for, and the rest by the cursor"],
    sabotage: (store) =>
      wrapped(store, {
        discard: async (query, page) => {
          const { count } = await store.discard(query, page);
          return { count };
        },
      }),
  },
  {
    name: "holds back the followers of a discarded delivery",
    caughtBy: ["lets the followers of a discarded delivery move on"],
    sabotage: (store) => {
      const { store: blocking, block } = blockingKeys(store);
      return wrapped(blocking, {
        discard: async (query, page) => {
          for (const record of (await store.query(query, { limit: page.limit })).items) block(record);
          return store.discard(query, page);
        },
      });
    },
  },
];
