import type { Store } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { isPauseOver } from "../tampering.ts";

export const dueLanes: readonly Saboteur[] = [
  {
    name: "names the lanes that have something unfinished as due",
    caughtBy: [
      "names the lanes that have something due",
      "names the time for what arrived before the clock went back",
      "names no time when nothing will be due by itself",
      "names the time of the next retry",
      "names the time at which a lease ends",
      "names the time at which a pause is over",
      "names the end of what is out where that holds up the probe of a lane",
      "names the earliest time of several lanes, those that have work apart",
      "gives nothing of a disabled lane, and names it for no time",
      "holds ten thousand lanes",
    ],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { nextAt } = await store.due(sinks, now);
          const all = await store.lanes();
          return { lanes: all.filter(({ sink, unfinished }) => sinks.includes(sink) && unfinished > 0), nextAt };
        },
      }),
  },
  {
    name: "names one lane of a sink as due",
    caughtBy: ["names the lanes that have something due", "holds ten thousand lanes"],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { lanes: all, nextAt } = await store.due(sinks, now);
          return {
            lanes: all.filter(({ sink }, index) => all.findIndex((each) => each.sink === sink) === index),
            nextAt,
          };
        },
      }),
  },
  {
    name: "names lanes and times of sinks that it was not asked for",
    caughtBy: ["names no lanes of sinks that were not asked for"],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const all = (await store.lanes()).map(({ sink }) => sink);
          return store.due(sinks.length === 0 ? sinks : [...sinks, ...all], now);
        },
      }),
  },
  {
    name: "names a time in a second when nothing will be due",
    caughtBy: ["names no time when nothing will be due by itself", "names no lanes of sinks that were not asked for"],
    sabotage: (store) => onNextAt(store, (nextAt, now) => nextAt ?? now + 1000),
  },
  {
    name: "names no time of a retry",
    caughtBy: ["names the time of the next retry"],
    sabotage: (store) => {
      const dueAts = new Set<number>();
      const settling = wrapped(store, {
        settle: (settlements, now) => {
          for (const { dueAt } of settlements) if (dueAt !== undefined) dueAts.add(dueAt);
          return store.settle(settlements, now);
        },
      });
      return onNextAt(settling, (nextAt) => (nextAt !== undefined && dueAts.has(nextAt) ? undefined : nextAt));
    },
  },
  {
    name: "names the time of the last retry",
    caughtBy: ["names the time of the next retry"],
    sabotage: (store) =>
      onNextAt(store, async (nextAt) => {
        const { items } = await store.query({ state: "pending" }, { limit: 40 });
        return nextAt && Math.max(nextAt, ...items.map(({ dueAt }) => dueAt));
      }),
  },
  {
    name: "names no time at which a lease ends",
    caughtBy: [
      "names the time at which a lease ends",
      "names the end of what is out where that holds up the probe of a lane",
      "names the earliest time of several lanes, those that have work apart",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onNextAt(book.store, (nextAt) =>
        [...book.open.values()].some(({ until }) => until === nextAt) ? undefined : nextAt,
      );
    },
  },
  {
    name: "names no time at which a pause is over",
    caughtBy: ["names the time at which a pause is over"],
    sabotage: (store) =>
      onNextAt(store, async (nextAt) => {
        const all = await store.lanes();
        return all.some(({ status }) => status.state === "paused" && status.until === nextAt) ? undefined : nextAt;
      }),
  },
  {
    name: "names a lane whose pause is over though something of it is out",
    caughtBy: ["names the end of what is out where that holds up the probe of a lane"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        due: async (sinks, now) => {
          const due = await store.due(sinks, now);
          const isOut = [...book.open.values()].some(({ until }) => until > now);
          const ready = (await store.lanes()).filter(
            ({ sink, status }) => sinks.includes(sink) && isPauseOver(status, now),
          );
          return isOut ? { ...due, lanes: [...due.lanes, ...ready] } : due;
        },
      });
    },
  },
  {
    name: "names the latest of the times at which something will be due",
    caughtBy: ["names the earliest time of several lanes, those that have work apart"],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const due = await store.due(sinks, now);
          let { nextAt } = due;
          for (let goes = 0; nextAt !== undefined && goes < 10; goes += 1) {
            const later = (await store.due(sinks, nextAt)).nextAt;
            if (later === undefined) break;
            nextAt = later;
          }
          return { ...due, nextAt };
        },
      }),
  },
  {
    name: "names a time for lanes that have work too",
    caughtBy: ["names the earliest time of several lanes, those that have work apart"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onNextAt(book.store, (nextAt, now) => {
        const ends = [...book.open.values()].map(({ until }) => until).filter((until) => until > now);
        return nextAt && Math.min(nextAt, ...ends);
      });
    },
  },
  {
    name: "names no more than a thousand lanes",
    caughtBy: ["holds ten thousand lanes"],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { lanes: due, nextAt } = await store.due(sinks, now);
          return { lanes: due.slice(0, 1000), nextAt };
        },
      }),
  },
];

function onNextAt(
  store: Store,
  change: (nextAt: number | undefined, now: number) => number | undefined | Promise<number | undefined>,
): Store {
  return wrapped(store, {
    due: async (sinks, now) => {
      const { lanes: due, nextAt } = await store.due(sinks, now);
      return { lanes: due, nextAt: await change(nextAt, now) };
    },
  });
}
