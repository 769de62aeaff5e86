import type { Delivery, Outcome, Sink } from "@bus/core";
import type { HttpAnswer, HttpRequest, HttpTransport } from "@bus/http";
import type { TrackerParts } from "./reference-sink.ts";
import type { SinkSaboteur } from "./saboteur.ts";

type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** The right sink, which says something else of some deliveries; what it does is right. */
export function saying(
  change: (outcome: Outcome, delivery: Delivery, parts: TrackerParts) => Outcome,
): NonNullable<SinkSaboteur["sink"]> {
  return (right, parts) => ({
    deliver: async (batch, context) => {
      const outcomes = await right.deliver(batch, context);
      return batch.map((delivery, index) => change(outcomes[index]!, delivery, parts));
    },
  });
}

/** The right sink, which sends in another way. */
export function sending(send: (request: HttpRequest, right: Send) => Promise<HttpAnswer>): SinkSaboteur["http"] & {} {
  return (right: HttpTransport) => ({
    request: (request) => send(request, (same) => right.request(same)),
    stop: () => right.stop(),
  });
}

/** The right sink, which calls `deliver` of itself in another way. */
export function delivering(
  deliver: (batch: readonly Delivery[], signal: AbortSignal, right: Sink) => ReturnType<Sink["deliver"]>,
): NonNullable<SinkSaboteur["sink"]> {
  return (right) => ({ deliver: (batch, { signal }) => deliver(batch, signal, right) });
}

/** How many items a request of the right sink asks for; 0 for one that only looks. */
export function itemsOf({ body }: HttpRequest): number {
  return typeof body === "string" ? (JSON.parse(body) as { items: unknown[] }).items.length : 0;
}

/** As if the target had said that it took them all. */
export function asTaken(answer: HttpAnswer, request: HttpRequest): HttpAnswer {
  const results = Array.from({ length: itemsOf(request) }, () => "taken");
  return { ...answer, status: 200, body: new TextEncoder().encode(JSON.stringify({ results })) };
}

export const statusOf = (outcome: Outcome): number | undefined => outcome.info?.status;
