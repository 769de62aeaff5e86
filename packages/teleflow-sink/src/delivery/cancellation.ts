import type { Clock } from "@bus/core";
import type { Cancellation as CancelTarget } from "../rules/parse-cancellation.ts";
import type { Sending } from "../sending/trigger-sender.ts";
import type { CancelAnswer, CancelRequests } from "./cancel-requests.ts";
import { isSuppressed } from "./cancelled.ts";
import { CancelledUnits, type CancelledUnit, type CancelledUnitsParts } from "./cancelled-units.ts";
import { TransactionOwners } from "./transaction-owners.ts";
import type { InFlight } from "./in-flight.ts";
import { wasTried } from "./was-tried.ts";

export interface CancellationParts extends CancelledUnitsParts {
  readonly inFlight: InFlight;
  /** How long the service's "false" is not believed. */
  readonly graceMs: number;
}

export type CancelResult = "cancelled" | "removed before it was sent" | "nothing to cancel";

/** Where a cancellation stands after the service was asked. */
export type CancelRound =
  | { readonly kind: "ended"; readonly result: CancelResult }
  | { readonly kind: "again"; readonly reason: string; readonly afterMs: number }
  /** The service did not say. */
  | Exclude<CancelAnswer, { readonly kind: "answer" }>;

/** What is to be done about a unit. `out`: a try of it is under way, or about to begin. */
type Stage = "ask" | "out" | "removed" | "none";

const ASK_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

/**
 * One cancellation, in rounds of `suppress`, then `ask`, until it has ended. What the bus still holds it removes; of what may have gone out it asks
 * the service, which answers "false" also while it has not got round to a trigger: that is asked again for a while.
 */
export class Cancellation {
  readonly #parts: CancellationParts;
  readonly #units: CancelledUnits;
  /** What the service is asked for no more. */
  readonly #over = new Set<string>();
  #hasCancelled = false;
  /** When the service first said "false", by the steady clock. */
  readonly #refusedAt = new Map<string, number>();
  #staged: readonly { readonly unit: CancelledUnit; readonly stage: Stage }[] = [];

  constructor(
    parts: CancellationParts,
    target: CancelTarget,
    owners: TransactionOwners = new TransactionOwners(parts),
  ) {
    this.#parts = parts;
    this.#units = new CancelledUnits(parts, target, owners);
  }

  /** From its end on, no try that begins sends any of it. */
  async suppress(): Promise<void> {
    const units = await this.#units.suppress();
    this.#staged = await Promise.all(units.map(async (unit) => ({ unit, stage: await this.#remove(unit) })));
  }

  /** What fails for one id keeps no other from being asked for. */
  async ask(requests: CancelRequests): Promise<CancelRound> {
    const rounds: CancelRound[] = [];
    for (const { unit, stage } of this.#staged) {
      if (stage === "removed" || stage === "none") continue;
      if (await this.#settled(unit, stage, requests.sending)) rounds.push(...(await this.#askFor(unit, requests)));
      else rounds.push({ kind: "again", reason: "It is being sent.", afterMs: LOOK_EVERY_MS });
    }
    const failure = rounds.find(({ kind }) => kind !== "again");
    const [soonest] = rounds.toSorted((one, other) => afterMsOf(one) - afterMsOf(other));
    return failure ?? soonest ?? { kind: "ended", result: this.#result() };
  }

  /** Nothing of what is over. */
  async #askFor({ transactionIds }: CancelledUnit, requests: CancelRequests): Promise<readonly CancelRound[]> {
    const rounds: CancelRound[] = [];
    for (const id of transactionIds) {
      if (this.#over.has(id)) continue;
      const answer = await requests.cancel(id);
      if (answer.kind !== "answer") rounds.push(answer);
      else if (answer.wasCancelled) this.#cancelled(id);
      else {
        const afterMs = this.#askAfterMs(id);
        if (afterMs > 0) rounds.push({ kind: "again", reason: "The service has nothing to cancel yet.", afterMs });
        else this.#over.add(id);
      }
    }
    return rounds;
  }

  /** Takes it out of the bus where it waits there, or was left behind. */
  async #remove({ delivery, transactionIds }: CancelledUnit): Promise<Stage> {
    switch (delivery?.state) {
      case undefined:
      case "delivered":
      case "dead":
        return "ask";
      case "pending":
      case "leased":
      case "parked":
        if (!(await this.#parts.deliveries.discard(delivery.id))) return "out";
        return wasTried(delivery, transactionIds) ? "ask" : "removed";
      case "discarded":
        return wasTried(delivery, transactionIds) ? "ask" : "removed";
      case "skipped":
        if (wasTried(delivery, transactionIds)) return "ask";
        return isSuppressed(delivery) ? "removed" : "none";
    }
  }

  /** Waits for the try that is under way in this process; of another process's, the delivery shows the end. */
  async #settled({ transactionIds }: CancelledUnit, stage: Stage, sending: Sending): Promise<boolean> {
    const { inFlight, clock } = this.#parts;
    const wereOut = transactionIds.filter((id) => inFlight.has(id));
    if (wereOut.length === 0) return stage === "ask";
    await within(Promise.all(wereOut.map((id) => inFlight.settled(id))), sending, clock);
    return !transactionIds.some((id) => inFlight.has(id));
  }

  #cancelled(transactionId: string): void {
    this.#hasCancelled = true;
    this.#over.add(transactionId);
  }

  /** Until the service, which has just said "false", is asked again: longer each time, and for the last time when the grace is over. */
  #askAfterMs(transactionId: string): number {
    const { clock, graceMs } = this.#parts;
    const now = clock.steady();
    const since = this.#refusedAt.get(transactionId) ?? now;
    this.#refusedAt.set(transactionId, since);
    const elapsedMs = now - since;
    return Math.min(Math.max(ASK_AFTER_MS, elapsedMs), graceMs - elapsedMs);
  }

  #result(): CancelResult {
    if (this.#hasCancelled) return "cancelled";
    const stages = new Set(this.#staged.map(({ stage }) => stage));
    if (!stages.has("removed")) return "nothing to cancel";
    const mayHaveGone = stages.has("ask") || stages.has("out");
    return mayHaveGone ? "cancelled" : "removed before it was sent";
  }
}

function afterMsOf(round: CancelRound): number {
  return round.kind === "again" ? round.afterMs : 0;
}

/** Resolves with the work, or when the time is up. */
async function within(work: Promise<unknown>, { signal, endsAt }: Sending, clock: Clock): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const onAbort = (): void => end();
  const cancel = clock.schedule(end, endsAt - clock.steady());
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) end();
  await Promise.race([work, ended]);
  signal.removeEventListener("abort", onAbort);
  cancel();
}
