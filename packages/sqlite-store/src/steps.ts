/** Work in steps: after each the event loop may have its turn. What a generator that is one returns is its result. */
export interface Steps<Result> {
  next(): IteratorResult<void, Result>;
}

/** Work that is too short to be interrupted. */
export function inOneStep<Result>(work: () => Result): Steps<Result> {
  return { next: () => ({ done: true, value: work() }) };
}

/** Does all steps in one go. */
export function inOneGo<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
