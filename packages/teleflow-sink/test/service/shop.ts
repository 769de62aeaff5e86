import { z } from "zod";
import type { TeleflowRule } from "../../src/index.ts";
import type { PlannedEvent, Scenario } from "./scenario.ts";

type Numbered = z.ZodObject<{ n: z.ZodNumber; padding: z.ZodString }>;
const numbered: Numbered = z.object({ n: z.number(), padding: z.string() });

export const events: { readonly "order.shipped": Numbered; readonly "incident.opened": Numbered } = {
  "order.shipped": numbered,
  "incident.opened": numbered,
};

/** What has the event's fate, and beside it what the same event triggers and is always fine. */
export const FATED = "order-shipped";
export const BESIDE = "stock-changed";
export const BROADCAST = "incident";

export const rules: readonly TeleflowRule<typeof events>[] = [
  { on: "order.shipped", trigger: FATED, to: (e) => `customer-${e.data.n}`, payload: (e) => e.data },
  { on: "order.shipped", trigger: BESIDE, to: "warehouse", payload: (e) => ({ n: e.data.n }) },
  { on: "incident.opened", broadcast: BROADCAST, payload: (e) => e.data },
];

/** All events of the scenario: `n` of an event's data is its place here. */
export function eventsOf({ groups }: Scenario): readonly PlannedEvent[] {
  return groups.flatMap((group) => group.events);
}

export interface Entry {
  readonly type: PlannedEvent["type"];
  readonly data: { readonly n: number; readonly padding: string };
  readonly id: string;
}

export function entryOf({ type, padding }: PlannedEvent, n: number): Entry {
  return { type, data: { n, padding: "x".repeat(padding) }, id: `event-${n}` };
}
