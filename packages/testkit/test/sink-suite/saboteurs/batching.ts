import { setTimeout as sleep } from "node:timers/promises";
import type { DeliverContext, Delivery, Outcome } from "@bus/core";
import { markerOf } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

export const batching: readonly SinkSaboteur[] = [
  {
    name: "overlooks the second of three",
    caughtBy: ["delivers one, some and as many as it takes at once"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        if (!isOfThree(batch)) return right.deliver(batch, context);
        const [first, last] = await right.deliver(
          batch.filter((_, index) => index !== 1),
          context,
        );
        return [first, { kind: "delivered" }, last] as Outcome[];
      },
    }),
  },
  {
    name: "sends the first of three a second time",
    caughtBy: ["delivers one, some and as many as it takes at once"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        if (isOfThree(batch)) await right.deliver(batch.slice(0, 1), context);
        return right.deliver(batch, context);
      },
    }),
  },
  {
    name: "sends some events to a destination of their own",
    caughtBy: ["delivers one, some and as many as it takes at once"],
    sink: () => ({
      destinations: ({ data }) => [(data as { marker: string }).marker === "of 3 1" ? "second" : "default"],
    }),
  },
  {
    name: "puts what several calls bring into one request",
    caughtBy: ["asks for no more in one request than is declared"],
    sink: (right) => {
      let waiting: { batch: readonly Delivery[]; take: (outcomes: readonly Outcome[]) => void }[] = [];
      const send = async (context: DeliverContext): Promise<void> => {
        const calls = waiting;
        waiting = [];
        const outcomes = [
          ...(await right.deliver(
            calls.flatMap(({ batch }) => batch),
            context,
          )),
        ];
        for (const { batch, take } of calls) take(outcomes.splice(0, batch.length));
      };
      return {
        deliver: (batch, context) =>
          new Promise((take) => {
            waiting.push({ batch, take });
            if (waiting.length === 1) setImmediate(() => void send(context));
          }),
      };
    },
  },
  {
    name: "has the outcomes in the wrong order when the first and another are refused",
    caughtBy: ["says of each delivery in its place what became of it"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        const refused = outcomes.filter(isRefused);
        return outcomes[0] && isRefused(outcomes[0]) && refused.length === 2 ? outcomes.toReversed() : outcomes;
      },
    }),
  },
  {
    name: "gives the outcomes of one call to another",
    caughtBy: ["keeps calls apart that are under way at the same time"],
    sink: (right) => {
      let latest: readonly Outcome[] = [];
      let underWay = 0;
      return {
        deliver: async (batch, context) => {
          underWay += 1;
          const own = await right.deliver(batch, context);
          latest = own;
          if (underWay > 1) await sleep(10);
          underWay -= 1;
          const isMixedUp = latest.length === own.length && [...latest, ...own].some(isRefused);
          return isMixedUp ? latest : own;
        },
      };
    },
  },
  {
    name: "notes in the event that it has sent it",
    caughtBy: ["changes nothing of what it is handed"],
    sink: (right) => ({
      deliver: (batch, context) => {
        for (const { event } of batch) Object.assign(event.data as object, { isSent: true });
        return right.deliver(batch, context);
      },
    }),
  },
  {
    name: "notes in the event that it has failed",
    caughtBy: ["changes nothing of what it is handed"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        const isFailed = outcomes.some(({ kind }) => kind === "retry");
        if (isFailed) for (const { event } of batch) Object.assign(event.data as object, { isFailed });
        return outcomes;
      },
    }),
  },
  {
    name: "notes in the event where it goes",
    caughtBy: ["changes nothing of what it is handed"],
    sink: () => ({
      destinations: ({ data }) => {
        Object.assign(data as object, { goesTo: "default" });
        return ["default"];
      },
    }),
  },
  {
    name: "sends plain letters only",
    caughtBy: ["brings any text to the target as it is"],
    http: (right) => ({
      ...right,
      request: (request) =>
        right.request({
          ...request,
          ...(typeof request.body === "string" && { body: request.body.replaceAll(/[^\u0020-\u007e]/gu, "?") }),
        }),
    }),
  },
];

/** In the test that delivers several numbers of events. */
function isOfThree(batch: readonly Delivery[]): boolean {
  return batch.some((delivery) => markerOf(delivery).startsWith("of 3"));
}

function isRefused({ kind }: Outcome): boolean {
  return kind === "rejected";
}
