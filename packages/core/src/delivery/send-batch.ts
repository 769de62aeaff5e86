import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";
import { retry, type Outcome } from "../outcome.ts";
import type { LaneId, LeasedDelivery } from "../store/store.ts";
import type { LaneTarget } from "./lane-target.ts";
import { attemptsOf } from "./retry-policy.ts";
import { withDeadline } from "./with-deadline.ts";

interface SendContext {
  readonly clock: Clock;
  /** What is under way is aborted. */
  readonly stopped: AbortSignal;
  report(error: BusError): void;
}

/** What came of each delivery of a batch, also when the target throws, hangs or is cut short. It never rejects. */
export async function sendBatch(
  batch: readonly LeasedDelivery[],
  lane: LaneId,
  target: LaneTarget,
  context: SendContext,
): Promise<readonly (Outcome | undefined)[]> {
  const isSpent = ({ attempt }: LeasedDelivery): boolean => isUsedUp(attempt, target);
  const fresh = batch.filter((delivery) => !isSpent(delivery));
  const outcomes = fresh.length === 0 ? [] : await send(fresh, lane, target, context);
  if (fresh.length === batch.length) return outcomes;
  const queue = [...outcomes];
  return batch.map((delivery) =>
    isSpent(delivery) ? retry("the process ended during each of the last attempts") : queue.shift(),
  );
}

/**
 * Processes that may die with a delivery beyond its schedule. An attempt counts when it is leased, and most of what a dead process had leased was
 * only waiting its turn. One with which so many have died may be what kills them.
 */
const DEATHS_BEYOND_THE_SCHEDULE = 3;

/** Only a process that died while it held the lease leaves a delivery with more attempts than it may have. */
export function isUsedUp(attempt: number, { policy }: LaneTarget): boolean {
  return attempt > attemptsOf(policy.retry) + DEATHS_BEYOND_THE_SCHEDULE;
}

async function send(
  batch: readonly LeasedDelivery[],
  { sink, destination }: LaneId,
  target: LaneTarget,
  { clock, stopped, report }: SendContext,
): Promise<readonly (Outcome | undefined)[]> {
  try {
    const what = `deliver() of sink "${sink}" to "${destination}"`;
    const options = { timeoutMs: target.policy.timeoutMs, clock, stopped };
    const outcomes = await withDeadline(what, (signal) => target.send(batch, signal), options);
    return stopped.aborted ? outcomes.map(uncounted) : outcomes;
  } catch (error) {
    report(BusError.is(error) ? error : new BusError("BUS_SINK_FAILED", [sink], { cause: error }));
    const reason = error instanceof Error ? error.message : String(error);
    const free = stopped.aborted || BusError.is(error, "BUS_STORE_FAILED");
    return batch.map(() => retry(reason, { free }));
  }
}

/** The bus cut the attempt short: that is not the delivery's fault, whatever the sink makes of it. */
function uncounted(outcome: Outcome | undefined): Outcome | undefined {
  return outcome?.kind === "retry" || outcome?.kind === "pause" ? { ...outcome, isFree: true } : outcome;
}
