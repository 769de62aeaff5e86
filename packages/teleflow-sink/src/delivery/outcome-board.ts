import { delivered, pause, type Outcome } from "@bus/core";

/** Gathers what came of each trigger, and so of each unit: of several triggers, the one that asks the most of the engine counts. */
export class OutcomeBoard {
  readonly #outcomes: Outcome[];

  /** @param count units of the batch */
  constructor(count: number) {
    this.#outcomes = Array.from<Outcome>({ length: count });
  }

  /** By index in the batch. Each unit gets at least one. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  of(unit: number): Outcome | undefined {
    return this.#outcomes[unit];
  }

  /** @param unit its index in the batch */
  add(unit: number, outcome: Outcome): void {
    const current = this.#outcomes[unit];
    this.#outcomes[unit] = current === undefined ? outcome : worseOf(current, outcome);
  }
}

function worseOf(one: Outcome, other: Outcome): Outcome {
  if (one.kind === "delivered" && other.kind === "delivered") return bothDelivered(one, other);
  const [less, more] = rankOf(other) > rankOf(one) ? [one, other] : [other, one];
  // A try that counts stays one: what always fails must come to its end, and its time is counted from there.
  return more.kind === "pause" && less.kind === "retry" && !less.isFree
    ? pause(more.reason, { ...more, free: false })
    : more;
}

/** The ids of all are kept. */
function bothDelivered(one: Delivered, other: Delivered): Outcome {
  const detail = [one.info?.detail, other.info?.detail].filter((id) => id !== undefined).join(", ");
  return delivered({ ...one.info, ...(detail !== "" && { detail }) });
}

type Delivered = Extract<Outcome, { readonly kind: "delivered" }>;

function rankOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "disable":
      return 6;
    case "pause":
      return 5;
    case "retry":
      return outcome.isFree ? 3 : 4;
    case "rejected":
      return 2;
    case "delivered":
      return 1;
    case "skipped":
      return 0;
  }
}
