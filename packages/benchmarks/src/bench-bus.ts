import { createBus, defineSink, delivered, type Bus, type DeliveryPolicy, type LaneId, type Sink } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { z } from "zod";
import { failOnErrors } from "./fail-on-errors.ts";
import { EVENT_TYPE } from "./bench-event.ts";

const EVENTS: { readonly [EVENT_TYPE]: z.ZodObject<{ content: z.ZodString }> } = {
  [EVENT_TYPE]: z.object({ content: z.string() }),
};

export type BenchBus = Bus<typeof EVENTS>;

export interface BenchBusOptions {
  readonly path: string;
  readonly policy: DeliveryPolicy;
  readonly sink: Sink;
}

/** The lane of what {@link benchBus} delivers. */
export const LANE: LaneId = { sink: "noop", destination: "default" };

/** A bus as a host would have it: events checked by their schema, durability and retention as they are by default. */
export function benchBus({ path, policy, sink }: BenchBusOptions): BenchBus {
  const noop = defineSink({ name: "noop", options: z.object({}), create: () => sink });
  const bus = createBus({
    name: "bench",
    events: EVENTS,
    store: sqliteStore({ path }),
    sinks: { noop: noop({}, policy) },
    routes: [{ on: EVENT_TYPE, to: "noop" }],
    maxBacklog: 5_000_000,
  });
  failOnErrors(bus);
  return bus;
}

/** Takes whatever it is given, and does nothing with it. */
export const noopSink = (maxItems: number): Sink => ({
  batch: { maxItems },
  deliver: async (batch) => batch.map(() => delivered()),
});
