import type { LeasedDelivery } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onRecords } from "../tampering.ts";

export const durability: readonly Saboteur[] = [
  {
    name: "answers before it has recorded anything",
    on: "sqlite",
    caughtBy: [
      "keeps what was appended in a process that was killed",
      "keeps how deliveries ended in a process that was killed",
      "keeps what a process that was killed had expanded",
      "keeps what a process that was killed had replayed",
      "keeps what a process that was killed had discarded",
      "keeps the state of a lane that a process set which was killed",
      "keeps the plugin state that a process set which was killed",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = store.append(entries, options);
          // Where it can know them.
          return entries.length < 50
            ? answers
            : ahead(
                answers,
                entries.map(() => "appended" as const),
              );
        },
        settle: async (settlements, now) => {
          const answers = store.settle(settlements, now);
          return settlements.length < 2
            ? answers
            : ahead(
                answers,
                settlements.map(() => true),
              );
        },
        expand: async (expansion, now) => ahead(store.expand(expansion, now), true),
        replay: async (query, page) => ahead(store.replay(query, page), { count: 1, lanes: [] }),
        discard: async (query, page) => ahead(store.discard(query, page), { count: 1 }),
        setLane: async (lane, status, condition) => {
          const isSet = store.setLane(lane, status, condition);
          return status.state === "disabled" ? ahead(isSet, true) : isSet;
        },
        state: {
          change: async (scope, changes) => {
            const isMade = store.state.change(scope, changes);
            return changes.length < 3 ? isMade : ahead(isMade, true);
          },
        },
      }),
  },
  {
    name: "keeps lone surrogates in the memory of the process",
    on: "sqlite",
    caughtBy: ["shows in another process what was appended in this one"],
    sabotage: (store) => {
      const tampered = onRecords(store, (record) => {
        const { id, data } = record.event;
        return { ...record, event: { ...record.event, data: inMemory.get(`${id} ${data}`) ?? data } };
      });
      return wrapped(tampered, {
        append: (entries, options) =>
          store.append(
            entries.map(({ event, deliveries }) => {
              const data = event.data.toWellFormed();
              inMemory.set(`${event.id} ${data}`, event.data);
              return { event: { ...event, data }, deliveries };
            }),
            options,
          ),
      });
    },
  },
  {
    name: "takes every lease for over when it has been opened",
    on: "sqlite",
    caughtBy: [
      "keeps the leases of a process that was killed, until they are over",
      "keeps how deliveries ended in a process that was killed",
      "keeps what a process that was killed had replayed",
      "holds back a key at one connection while it is out through another",
      "gives what a closed connection held when its lease is over",
      "takes up the work of a process that is killed beside it, when its leases are over",
      "rests a lane at every connection once it rests at one",
      "gives one probe over all connections",
      "records what was appended in a transaction of the host when it commits",
    ],
    sabotage: (store) => {
      let isFirst = true;
      return wrapped(store, {
        lease: (request) => {
          const now = isFirst ? request.now + 100 : request.now;
          isFirst = false;
          return store.lease({ ...request, now, until: Math.max(request.until, now) });
        },
      });
    },
  },
  {
    name: "counts an attempt when it has ended",
    on: "sqlite",
    caughtBy: ["counts the attempts of a process that was killed"],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "leased" ? { ...record, attempts: record.attempts - 1 } : record)),
  },
  {
    name: "numbers the leases of each connection from 1 on",
    on: "sqlite",
    caughtBy: ["gives no lease the number of one that a process held which was killed"],
    sabotage: (store) => {
      const numbers: number[] = [];
      const renumbered = ({ leaseId, ...delivery }: LeasedDelivery): LeasedDelivery => ({
        ...delivery,
        leaseId: numbers.push(leaseId),
      });
      return wrapped(store, {
        lease: async (request) => {
          const { deliveries, isProbe } = await store.lease(request);
          return { deliveries: deliveries.map(renumbered), isProbe };
        },
        settle: (settlements, now) =>
          store.settle(
            settlements.map((settlement) => ({ ...settlement, leaseId: numbers[settlement.leaseId - 1] ?? 0 })),
            now,
          ),
        expand: (expansion, now) => store.expand({ ...expansion, leaseId: numbers[expansion.leaseId - 1] ?? 0 }, now),
      });
    },
  },
];

const inMemory = new Map<string, string>();

/** Does not wait for the work, whose turn comes before that of anything asked for later. */
function ahead<Answer>(work: Promise<unknown>, answer: Answer): Answer {
  work.catch(() => undefined);
  return answer;
}
