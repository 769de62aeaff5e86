import { randomUUID } from "node:crypto";
import type { Delivery } from "@bus/core";
import { trackedIn, trackerSubject, trackerTargetOf } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

/** Kept by the module, for all buses of the process. */
const SENT = new Set<string>();

export const identity: readonly SinkSaboteur[] = [
  {
    name: "gives a delivery another id each time it fails",
    caughtBy: ["sends the same item with the same id on every attempt"],
    sink: renaming(() => {
      const failures = new Map<string, number>();
      return {
        idOf: ({ id }) => `${id}-${failures.get(id) ?? 0}`,
        ended: (id, isDelivered) => void failures.set(id, isDelivered ? 0 : (failures.get(id) ?? 0) + 1),
      };
    }),
  },
  {
    name: "makes ids that the next bus does not know",
    caughtBy: ["sends the same item with the same id after the bus has been started anew"],
    sink: renaming(() => {
      const own = randomUUID();
      return { idOf: ({ id }) => `${own}-${id}` };
    }),
  },
  {
    name: "makes another id for what it has delivered before",
    caughtBy: ["sends the same item with the same id when it is replayed"],
    sink: renaming(() => {
      const delivered = new Set<string>();
      return {
        idOf: ({ id }) => (delivered.has(id) ? `${id}-again` : id),
        ended: (id, isDelivered) => void (isDelivered && delivered.add(id)),
      };
    }),
  },
  {
    name: "sends nothing of what it has sent before",
    caughtBy: ["sends again what is replayed"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        if (batch.every(({ id }) => SENT.has(id))) return batch.map(() => ({ kind: "delivered" }));
        const outcomes = await right.deliver(batch, context);
        for (const [index, { id }] of batch.entries()) if (outcomes[index]?.kind === "delivered") SENT.add(id);
        return outcomes;
      },
    }),
  },
  {
    name: "has a target that sees no ids, without its author saying so",
    caughtBy: [
      "gives no two events the same id, in this bus and the next",
      "sends the same item with the same id after the bus has been started anew",
      "sends the same item with the same id on every attempt",
      "sends the same item with the same id when it is replayed",
    ],
    subject: {
      ...trackerSubject,
      target: trackerTargetOf((body) => trackedIn(body).map(({ marker }) => ({ marker }))),
    },
  },
  {
    name: "counts its deliveries, from one in each bus",
    caughtBy: ["gives no two events the same id, in this bus and the next"],
    sink: renaming(() => {
      const numbers = new Map<string, number>();
      return {
        idOf: ({ id }) => {
          const number = numbers.get(id) ?? numbers.size + 1;
          numbers.set(id, number);
          return `item-${number}`;
        },
      };
    }),
  },
];

interface Renaming {
  idOf(delivery: Delivery): string;
  ended?(id: string, isDelivered: boolean): void;
}

/** The right sink, with ids of another making. */
function renaming(start: () => Renaming): NonNullable<SinkSaboteur["sink"]> {
  return (right) => {
    const { idOf, ended } = start();
    return {
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(
          batch.map((delivery) => ({ ...delivery, id: idOf(delivery) })),
          context,
        );
        for (const [index, { id }] of batch.entries()) ended?.(id, outcomes[index]?.kind === "delivered");
        return outcomes;
      },
    };
  };
}
