import type { Outcome } from "@bus/core";

/** Gathers what came of each record, and so of each delivery: of several records, the one that asks the most of the engine counts. */
export class OutcomeBoard {
  readonly #outcomes: Outcome[];

  /** @param count deliveries of the batch */
  constructor(count: number) {
    this.#outcomes = Array.from<Outcome>({ length: count });
  }

  /** By index in the batch. Each delivery gets at least one. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** @param delivery its index in the batch */
  add(delivery: number, outcome: Outcome): void {
    const current = this.#outcomes[delivery];
    if (current === undefined || rankOf(outcome) > rankOf(current)) this.#outcomes[delivery] = outcome;
  }
}

/** A retry that counts comes before one that is free: what always fails must come to its end. */
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
    case "skipped":
      return 1;
    case "delivered":
      return 0;
  }
}
