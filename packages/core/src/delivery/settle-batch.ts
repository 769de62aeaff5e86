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

/** A delivery that is to be settled. */
interface Open {
  readonly delivery: LeasedDelivery;
  readonly settlement: Settlement;
}

interface SettleContext {
  readonly settler: Settler;
  readonly clock: Clock;
  readonly random: () => number;
  report(error: BusError): void;
  settled(delivery: LeasedDelivery, settlement: Settlement): void;
  dueAt(time: number): void;
}

/** What becomes of a batch. */
export interface BatchEnd {
  /** Every delivery of it is done with, once that is recorded. */
  readonly isFinal: boolean;
  /** Resolves when it is recorded, but for the deliveries whose leases were lost. */
  readonly recorded: Promise<void>;
}

/** Records what came of each delivery. */
export function settleBatch(
  batch: readonly LeasedDelivery[],
  { policy, startedAt, outcomes }: Attempted,
  context: SettleContext,
): BatchEnd {
  const { clock, random } = context;
  const now = clock.steady();
  const open = batch.flatMap((delivery, index): readonly Open[] => {
    const outcome = outcomes[index];
    if (!outcome) return [];
    return [{ delivery, settlement: settlementOf(outcome, delivery, { policy, startedAt, now, random }) }];
  });
  return {
    isFinal: open.every(({ settlement }) => settlement.state !== "pending"),
    recorded: record(open, context),
  };
}

async function record(open: readonly Open[], { settler, settled, report, dueAt }: SettleContext): Promise<void> {
  // What a fan-out replaced by others is gone already.
  if (open.length === 0) return;
  const answers = await settler.settle(open.map(({ settlement }) => settlement));
  for (const [index, { delivery, settlement }] of open.entries()) {
    if (answers[index] !== true) {
      report(new BusError("BUS_LEASE_LOST", [delivery.id]));
      continue;
    }
    settled(delivery, settlement);
    if (settlement.dueAt !== undefined) dueAt(settlement.dueAt);
  }
}
