import { delivered, type Outcome, type Sink } from "@bus/core";

export interface Gate {
  /** Answers nothing until the gate is open. */
  readonly deliver: Sink["deliver"];
  open(): void;
}

export function aGate(answer: Outcome = delivered()): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    open: resolve,
    deliver: async (batch) => {
      await promise;
      return batch.map(() => answer);
    },
  };
}
