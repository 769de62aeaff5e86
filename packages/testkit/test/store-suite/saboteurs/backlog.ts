import { BusError } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";

export const backlog: readonly Saboteur[] = [
  {
    name: "records of a batch what fits into the backlog",
    caughtBy: ["records nothing of a batch that would overfill the backlog"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          try {
            return await store.append(entries, options);
          } catch (error) {
            if (entries.length > 1) await store.append(entries.slice(0, 1), options);
            throw error;
          }
        },
      }),
  },
  {
    name: "refuses with a batch those that were asked for after it",
    caughtBy: ["refuses a batch that would overfill the backlog, and none of those asked for with it"],
    sabotage: (store) => {
      let underWay = 0;
      let failed: { readonly error: unknown } | undefined;
      return wrapped(store, {
        append: async (entries, options) => {
          underWay += 1;
          try {
            const answers = await store.append(entries, options);
            if (failed !== undefined) throw failed.error;
            return answers;
          } catch (error) {
            failed = { error };
            throw error;
          } finally {
            underWay -= 1;
            if (underWay === 0) failed = undefined;
          }
        },
      });
    },
  },
  {
    name: "counts events towards the backlog",
    caughtBy: ["counts deliveries towards the backlog, not events"],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) => {
          const more = entries.reduce((sum, { deliveries }) => sum + Math.max(deliveries.length - 1, 0), 0);
          return store.append(entries, { ...options, maxBacklog: options.maxBacklog + more });
        },
      }),
  },
  {
    name: "counts only what is pending towards the backlog",
    caughtBy: ["counts what is out towards the backlog, until it has ended"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          if (options.maxBacklog === Infinity) return store.append(entries, options);
          const { leased } = await store.stats();
          return store.append(entries, { ...options, maxBacklog: options.maxBacklog + leased });
        },
      }),
  },
  {
    name: "counts duplicates towards the backlog",
    caughtBy: ["counts no duplicates towards the backlog"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const { pending, leased } = await store.stats();
          const owed = entries.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
          if (owed > 0 && pending + leased + owed > options.maxBacklog)
            throw new BusError("BUS_BACKLOG_FULL", [options.maxBacklog]);
          return store.append(entries, options);
        },
      }),
  },
  {
    name: "refuses every event while the backlog is full",
    caughtBy: ["takes an event that is owed to nobody, however full the backlog is"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const { pending, leased } = await store.stats();
          if (entries.length === 1 && pending + leased > options.maxBacklog)
            throw new BusError("BUS_BACKLOG_FULL", [options.maxBacklog]);
          return store.append(entries, options);
        },
      }),
  },
];
