import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { BusEvent } from "./event.ts";

const causes = new AsyncLocalStorage<BusEvent | undefined>();

/** Runs `work` so that what it publishes, now or later, is recorded as caused by `event`. */
export function causedBy<T>(event: BusEvent | undefined, work: () => T): T {
  // The scope of a resource puts back the context that was; `run` would copy that context once more for it, and doubles what a publish costs.
  return new AsyncResource("BusCause").runInAsyncScope(entered<T>, undefined, event, work);
}

function entered<T>(event: BusEvent | undefined, work: () => T): T {
  causes.enterWith(event);
  return work();
}

/** The event being handled, if any. */
export function currentCause(): BusEvent | undefined {
  return causes.getStore();
}
