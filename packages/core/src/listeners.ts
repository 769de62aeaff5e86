import { isPromise } from "node:util/types";
import { EventEmitter } from "eventemitter3";
import { causedBy } from "./causation.ts";
import { BusError } from "./errors.ts";
import type { BusEvent } from "./event.ts";

/**
 * The in-process listeners. Each is wrapped, because a bare emitter stops at the first that throws and leaves a rejection unhandled.
 */
export class Listeners {
  readonly #emitter = new EventEmitter();
  readonly #report: (error: BusError) => void;

  constructor(report: (error: BusError) => void) {
    this.#report = report;
  }

  /** Listens to each of these event types; returns the end of it. */
  add(types: readonly string[], listener: (event: BusEvent) => unknown): () => void {
    const guarded = (event: BusEvent): void => {
      try {
        const result = listener(event);
        if (result !== undefined && isPromise(result)) result.catch((cause: unknown) => this.#fail(event, cause));
      } catch (cause) {
        this.#fail(event, cause);
      }
    };
    for (const type of types) this.#emitter.on(type, guarded);
    return () => {
      for (const type of types) this.#emitter.off(type, guarded);
    };
  }

  dispatch(event: BusEvent): void {
    const { type } = event;
    if (this.#emitter.listenerCount(type) > 0) causedBy(event, () => this.#emitter.emit(type, event));
  }

  #fail({ type }: BusEvent, cause: unknown): void {
    this.#report(new BusError("BUS_LISTENER_FAILED", [type], { cause }));
  }
}
