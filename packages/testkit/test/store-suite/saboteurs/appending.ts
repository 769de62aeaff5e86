import type { AppendEntry } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onRecords } from "../tampering.ts";

export const appending: readonly Saboteur[] = [
  {
    name: "refuses an empty batch while it takes no deliveries",
    caughtBy: ["answers an empty batch with nothing"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(entries, options);
          if (entries.length === 0 && options.maxBacklog === 0) throw new Error("There is nothing to append.");
          return answers;
        },
      }),
  },
  {
    name: "records two of three deliveries of an event",
    caughtBy: ["records an event with all the deliveries it is owed"],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) =>
          store.append(
            entries.map(({ event, deliveries }) => ({
              event,
              deliveries: deliveries.length === 3 ? deliveries.slice(0, 2) : deliveries,
            })),
            options,
          ),
      }),
  },
  {
    name: "lets small batches overtake large ones",
    caughtBy: ["takes batches in the order in which they were given to it"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          if (entries.length === 2 && options.maxBacklog === Infinity) await new Promise(setImmediate);
          return store.append(entries, options);
        },
      }),
  },
  {
    name: "takes an event that comes twice in a batch for two",
    caughtBy: ["records an event id once within a batch", "counts no duplicates towards the backlog"],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) => {
          const seen = new Set<string>();
          const renamed = entries.map((entry) => {
            if (!seen.has(entry.event.id)) return (seen.add(entry.event.id), entry);
            return { ...entry, event: { ...entry.event, id: `${entry.event.id}, again` } };
          });
          return store.append(renamed, options);
        },
      }),
  },
  {
    name: "calls all of a batch duplicates if one is",
    caughtBy: [
      "says of each event of a batch whether it is a duplicate of an earlier one",
      "records an event id once within a batch",
      "counts no duplicates towards the backlog",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(entries, options);
          return answers.includes("duplicate") ? answers.map(() => "duplicate") : answers;
        },
      }),
  },
  {
    name: "forgets the id of an event with the end of its deliveries",
    caughtBy: ["knows an event id whose deliveries have ended"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const { pending, leased, delivered } = await store.stats();
          const answers = await store.append(entries, options);
          return pending + leased === 0 && delivered > 0 ? answers.map(() => "appended") : answers;
        },
      }),
  },
  {
    name: "keeps no trace of an event that is owed to nobody",
    caughtBy: [
      "knows the id of an event that is owed to nobody",
      "knows the id of an event that is owed to nobody until it is as old as what is forgotten",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(
            entries.filter(({ deliveries }) => deliveries.length > 0),
            options,
          );
          const left = [...answers];
          return entries.map(({ deliveries }) => (deliveries.length > 0 ? left.shift()! : "appended"));
        },
      }),
  },
  {
    name: "adds the deliveries of duplicates",
    caughtBy: [
      "adds no deliveries to an event it has",
      "records an event id once within a batch",
      "says of each event of a batch whether it is a duplicate of an earlier one",
      "knows the id of an event that is owed to nobody",
      "gives an id to one of those who append it at the same time",
      "counts no duplicates towards the backlog",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(entries, options);
          const more = entries.filter((_, n) => answers[n] === "duplicate").map(underAnotherId);
          if (more.length > 0) await store.append(more, options);
          return answers;
        },
      }),
  },
  {
    name: "shows the data with which an event came last",
    caughtBy: ["leaves an event as it was when its id comes again"],
    sabotage: (store) => {
      const last = new Map<string, string>();
      const tampered = onRecords(store, (record) => ({
        ...record,
        event: { ...record.event, data: last.get(record.event.id) ?? record.event.data },
      }));
      return wrapped(tampered, {
        append: (entries, options) => {
          for (const { event } of entries) last.set(event.id, event.data);
          return store.append(entries, options);
        },
      });
    },
  },
  {
    name: "looks for duplicates before those asked for with it are recorded",
    caughtBy: ["gives an id to one of those who append it at the same time"],
    sabotage: (store) => {
      let underWay = 0;
      return wrapped(store, {
        append: async (entries, options) => {
          const isFirst = underWay === 0;
          underWay += 1;
          try {
            const answers = await store.append(entries, options);
            return isFirst ? answers : answers.map(() => "appended");
          } finally {
            underWay -= 1;
          }
        },
      });
    },
  },
  {
    name: "records a batch event by event",
    caughtBy: ["never shows a part of a batch"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          if (entries.length < 100 || entries.length > 1_000) return store.append(entries, options);
          const answers: (readonly ("appended" | "duplicate")[])[] = [];
          for (const entry of entries) answers.push(await store.append([entry], options));
          return answers.flat();
        },
      }),
  },
];

function underAnotherId({ event, deliveries }: AppendEntry): AppendEntry {
  const id = `${event.id}, again`;
  return {
    event: { ...event, id },
    deliveries: deliveries.map((delivery) => ({ ...delivery, id: delivery.id === event.id ? id : delivery.id })),
  };
}
