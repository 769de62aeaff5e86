import { rejected, type Outcome } from "@bus/core";
import type { SinkSaboteur } from "../saboteur.ts";

const GIVEN_UP = rejected("Another item of the request was refused.");

export const poison: readonly SinkSaboteur[] = [
  {
    name: "gives no reason for what is refused",
    caughtBy: ["ends a refused event as a dead letter that says why"],
    sink: changing((outcomes) => outcomes.map((each) => (isRefused(each) ? rejected("") : each))),
  },
  {
    name: "gives up all that follows a refused first item",
    caughtBy: ["delivers the rest of a batch when its first event is refused"],
    sink: changing((outcomes) => (isRefusedOnly(outcomes, 0) ? outcomes.map(() => GIVEN_UP) : outcomes)),
  },
  {
    name: "gives up what stands around a refused item",
    caughtBy: ["delivers the rest of a batch when one in its middle is refused"],
    sink: changing((outcomes) => (isRefusedOnly(outcomes, 2) ? outcomes.map(() => GIVEN_UP) : outcomes)),
  },
  {
    name: "gives up all that stands before a refused last item",
    caughtBy: [
      "delivers the rest of a batch when its last event is refused",
      "keeps calls apart that are under way at the same time",
    ],
    sink: changing((outcomes) => (isRefusedOnly(outcomes, 4) ? outcomes.map(() => GIVEN_UP) : outcomes)),
  },
  {
    name: "reads of the refused items only the first",
    caughtBy: [
      "delivers the rest of a batch when two of it are refused",
      "says of each delivery in its place what became of it",
    ],
    sink: changing((outcomes) => {
      const first = outcomes.findIndex(isRefused);
      return outcomes.map((each, index) => (isRefused(each) && index > first ? { kind: "delivered" } : each));
    }),
  },
  {
    name: "gives up on the target after three refused items",
    caughtBy: ["delivers the rest of a backlog when one event of each batch is refused"],
    sink: (right) => {
      let refused = 0;
      return {
        deliver: async (batch, context) => {
          if (refused >= 3) return batch.map(() => GIVEN_UP);
          const outcomes = await right.deliver(batch, context);
          refused += outcomes.filter(isRefused).length;
          return outcomes;
        },
      };
    },
  },
];

function changing(change: (outcomes: readonly Outcome[]) => readonly Outcome[]): NonNullable<SinkSaboteur["sink"]> {
  return (right) => ({
    deliver: async (batch, context) => change(await right.deliver(batch, context)),
  });
}

function isRefused({ kind }: Outcome): boolean {
  return kind === "rejected";
}

/** Of a full batch, and no other. */
function isRefusedOnly(outcomes: readonly Outcome[], index: number): boolean {
  return outcomes.length === 5 && outcomes.every((each, at) => isRefused(each) === (at === index));
}
