import { AsyncLocalStorage } from "node:async_hooks";
import type { BusEvent } from "./event.ts";

const causes = new AsyncLocalStorage<BusEvent | undefined>();

/** Runs `work` so that what it publishes, now or later, is recorded as caused by `event`. */
export function causedBy<T>(event: BusEvent | undefined, work: () => T): T {
  return causes.run(event, work);
}

/** The event being handled, if any. */
export function currentCause(): BusEvent | undefined {
  return causes.getStore();
}
