import { teleflowStub, virtualClock, type TeleflowStub, type VirtualClock } from "@bus/testkit";
import { people } from "./people.ts";

export const HOUR_MS = 3_600_000;

export interface Service {
  readonly teleflow: TeleflowStub;
  /** The service's own: an hour passes when we say so. */
  readonly clock: VirtualClock;
}

/** Plays the notification service. */
export async function startService(): Promise<Service> {
  // #region stub
  const clock = virtualClock();
  const teleflow = await teleflowStub({
    clock,
    workflows: {
      // Whoever is refunded within the hour need not hear of the shipping.
      "order-shipped": { delayMs: HOUR_MS, required: ["address"] },
      "order-refunded": {},
      incident: {},
      "call-out": {},
      welcome: {},
    },
    topics: { operators: ["olga"] },
    subscribers: people.map((name) => name.toLowerCase()),
  });
  // #endregion stub
  return { teleflow, clock };
}
