import { BusError } from "../errors.ts";
import { retry, type Outcome } from "../outcome.ts";
import type { LaneCondition, LaneId, LaneStatus } from "../store/store.ts";
import type { LaneContext } from "./lane-context.ts";
import { LONGEST_WAIT_MS } from "./retry-policy.ts";

/** What the outcomes of a batch mean for its lane: they pause it, disable it, or show that it works again. */
export class LaneStatusChanges {
  readonly #lane: LaneId;
  readonly #context: LaneContext;
  readonly #hold: () => void;
  #holds = 0;
  /** What was claimed before as many holds was under way when the lane was last disabled. */
  #disabledAt = 0;
  #disabling = Promise.resolve(true);

  /** `hold` is called when the lane was paused or disabled, here or elsewhere; it calls `held`. */
  constructor(lane: LaneId, context: LaneContext, hold: () => void) {
    this.#lane = lane;
    this.#context = context;
    this.#hold = hold;
  }

  /** How often the lane was held. What was claimed before the last time does not begin, and changes the lane no more but to disable it. */
  get holds(): number {
    return this.#holds;
  }

  held(): void {
    this.#holds += 1;
  }

  /**
   * Makes them, before the deliveries are due again, so that no lease slips in between. Gives the outcomes to settle these by, which are others when
   * the store does not answer. `holds` is how often the lane had been held when they were claimed.
   */
  async made(
    outcomes: readonly (Outcome | undefined)[],
    claim: { readonly holds: number; readonly isProbe: boolean },
  ): Promise<readonly (Outcome | undefined)[]> {
    const change = this.#change(outcomes, claim);
    return change === undefined || (await change) ? outcomes : outcomes.map(asRetry);
  }

  /** Undefined when there is nothing to change; false when the store did not answer. */
  #change(
    outcomes: readonly (Outcome | undefined)[],
    { holds, isProbe }: { readonly holds: number; readonly isProbe: boolean },
  ): Promise<boolean> | undefined {
    const { clock, stopped } = this.#context;
    const disabled = outcomes.find((outcome) => outcome?.kind === "disable");
    if (disabled) return this.#disable(disabled.reason, holds);
    // Whoever held the lane in the meantime has the last word.
    if (holds !== this.#holds) return undefined;
    const paused = outcomes.find((outcome) => outcome?.kind === "pause");
    if (paused) {
      const until = clock.steady() + Math.min(Math.max(paused.probeAfterMs, 0), LONGEST_WAIT_MS);
      return this.#set({ state: "paused", reason: paused.reason, until }, { unless: "held" });
    }
    return isProbe && !stopped.aborted ? this.#set({ state: "active" }, { unless: "held" }) : undefined;
  }

  /** Once for all that were under way together, for each of them may say so. */
  #disable(reason: string, holds: number): Promise<boolean> {
    if (holds < this.#disabledAt) return this.#disabling;
    this.#disabledAt = this.#holds + 1;
    this.#disabling = this.#set({ state: "disabled", reason }, { unless: "disabled" }).then((isAnswered) => {
      if (!isAnswered) this.#disabledAt = 0;
      return isAnswered;
    });
    return this.#disabling;
  }

  /** A lane that was held elsewhere, by another process on the store, stays as it is: what is handed back to it waits there. */
  async #set(status: LaneStatus, condition: LaneCondition): Promise<boolean> {
    const { store, report, laneChanged, dueAt } = this.#context;
    let isSet: boolean;
    try {
      isSet = await store.setLane(this.#lane, status, condition);
    } catch (cause) {
      report(new BusError("BUS_STORE_FAILED", ["setLane"], { cause }));
      return false;
    }
    if (status.state !== "active") this.#hold();
    // Nothing else may be due before.
    if (status.state === "paused" && status.until !== undefined) dueAt(status.until);
    if (isSet) laneChanged(this.#lane, status);
    return true;
  }
}

/** Without its pause the lane would try again at once. */
function asRetry(outcome: Outcome | undefined): Outcome | undefined {
  if (outcome?.kind !== "pause" && outcome?.kind !== "disable") return outcome;
  const { reason, info } = outcome;
  const asPaused = outcome.kind === "pause" ? { afterMs: outcome.probeAfterMs, free: outcome.isFree } : { free: true };
  return retry(reason, { ...asPaused, ...(info && { info }) });
}
