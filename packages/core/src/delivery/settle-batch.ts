import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";
import type { Outcome } from "../outcome.ts";
import type { LeasedDelivery, Settlement } from "../store/store.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";
import { settlementOf } from "./settlement-of.ts";
import type { Settler } from "./settler.ts";

/** What came of a call. */
export interface Attempted {
  readonly policy: ResolvedPolicy;
  readonly startedAt: number;
  /** Undefined for a delivery that was settled already. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

interface SettleContext {
  readonly settler: Settler;
  readonly clock: Clock;
  readonly random: () => number;
  report(error: BusError): void;
  settled(delivery: LeasedDelivery, settlement: Settlement): void;
  dueAt(time: number): void;
}

/** Records what came of each delivery. True when every one of them is done with. */
export async function settleBatch(
  batch: readonly LeasedDelivery[],
  { policy, startedAt, outcomes }: Attempted,
  context: SettleContext,
): Promise<boolean> {
  const { clock, random } = context;
  const now = clock.steady();
  const ends = await Promise.all(
    batch.map(async (delivery, index) => {
      const outcome = outcomes[index];
      if (!outcome) return true;
      return settleOne(delivery, settlementOf(outcome, delivery, { policy, startedAt, now, random }), context);
    }),
  );
  return ends.every(Boolean);
}

async function settleOne(
  delivery: LeasedDelivery,
  settlement: Settlement,
  { settler, settled, report, dueAt }: SettleContext,
): Promise<boolean> {
  const isSettled = await settler.settle(settlement);
  if (!isSettled) {
    report(new BusError("BUS_LEASE_LOST", [delivery.id]));
    return false;
  }
  settled(delivery, settlement);
  if (settlement.dueAt !== undefined) dueAt(settlement.dueAt);
  return settlement.state !== "pending";
}
