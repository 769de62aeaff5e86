import { wrapped, type Saboteur } from "../saboteur.ts";

export const counting: readonly Saboteur[] = [
  {
    name: "goes on counting a dead letter as dead when it is discarded",
    caughtBy: ["counts the deliveries of each state as a full scan does, after any calls"],
    sabotage: (store) => {
      let overcounted = 0;
      return wrapped(store, {
        discard: async (query, page) => {
          const before = await store.stats();
          const answer = await store.discard(query, page);
          overcounted += before.dead - (await store.stats()).dead;
          return answer;
        },
        stats: async () => {
          const stats = await store.stats();
          return { ...stats, dead: stats.dead + overcounted };
        },
      });
    },
  },
  {
    name: "counts what is out of a disabled lane as parked",
    caughtBy: ["counts what is parked as a full scan does, after any calls"],
    sabotage: (store) =>
      wrapped(store, {
        stats: async () => {
          const stats = await store.stats();
          const disabled = (await store.lanes()).filter(({ status }) => status.state === "disabled");
          return { ...stats, parked: disabled.reduce((sum, { unfinished }) => sum + unfinished, 0) };
        },
      }),
  },
  {
    name: "goes on counting an event when it is forgotten",
    caughtBy: ["counts the events as a full scan does, after any calls", "forgets whatever way a delivery ended"],
    sabotage: (store) => {
      let forgotten = 0;
      return wrapped(store, {
        prune: async (bounds) => {
          const before = await store.stats();
          const isMore = await store.prune(bounds);
          forgotten += before.events - (await store.stats()).events;
          return isMore;
        },
        stats: async () => {
          const stats = await store.stats();
          return { ...stats, events: stats.events + forgotten };
        },
      });
    },
  },
  {
    name: "goes on counting what was discarded as unfinished in its lane",
    caughtBy: ["counts what is unfinished in each lane as a full scan does, after any calls"],
    sabotage: (store) => {
      const discarded = new Map<string, number>();
      const counts = async (): Promise<Map<string, number>> =>
        new Map((await store.lanes()).map((lane) => [`${lane.sink}/${lane.destination}`, lane.unfinished]));
      return wrapped(store, {
        discard: async (query, page) => {
          const before = await counts();
          const answer = await store.discard(query, page);
          const after = await counts();
          for (const [name, count] of before)
            discarded.set(name, (discarded.get(name) ?? 0) + count - (after.get(name) ?? 0));
          return answer;
        },
        lanes: async () =>
          (await store.lanes()).map(({ unfinished, ...lane }) => ({
            ...lane,
            unfinished: unfinished + (discarded.get(`${lane.sink}/${lane.destination}`) ?? 0),
          })),
      });
    },
  },
];
