import { isPromise } from "node:util/types";
import { EventEmitter } from "eventemitter3";
import type { BusSignalMap } from "./bus-signals.ts";
import type { BusError } from "./errors.ts";
import type { BusEvent } from "./event.ts";
import type { Logger } from "./logger.ts";
import type { LaneId, LaneStatus, LeasedDelivery, Settlement } from "./store/store.ts";

/** Tells what happened, to whom listens to `bus.events` and to the log. A listener that throws or rejects is logged and stops nothing. */
export class Signals {
  readonly emitter: EventEmitter<BusSignalMap> = new EventEmitter();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  report(error: BusError): void {
    this.#logger.error({ err: error, code: error.code }, error.message);
    this.emit("error", error);
  }

  published(event: BusEvent): void {
    if (this.emitter.listenerCount("published") > 0) this.emit("published", event);
  }

  settled({ id, event, sink, destination, attempt: number }: LeasedDelivery, settlement: Settlement): void {
    const { attempt, dueAt, reason } = settlement;
    // Those it is handed back by; the lane's own signal tells of it.
    if (settlement.isFree && (attempt?.outcome === "pause" || attempt?.outcome === "disable")) return;
    const name = settlement.state === "pending" ? "retrying" : settlement.state;
    if (this.emitter.listenerCount(name) === 0) return;
    this.emit(name, {
      deliveryId: id,
      eventId: event.id,
      type: event.type,
      sink,
      destination,
      attempt: number,
      durationMs: attempt?.durationMs ?? 0,
      ...(reason !== undefined && { reason }),
      ...(attempt?.info && { info: attempt.info }),
      ...(dueAt !== undefined && { dueAt }),
    });
  }

  laneChanged(lane: LaneId, status: LaneStatus): void {
    if (status.state === "active") this.emit("resumed", lane);
    else if (status.state === "disabled") this.emit("disabled", { ...lane, reason: status.reason });
    else
      this.emit("paused", {
        ...lane,
        reason: status.reason,
        ...(status.until !== undefined && { until: status.until }),
      });
  }

  /** One by one, because the emitter's own `emit` stops at the first listener that throws and leaves a rejection unhandled. */
  emit<Name extends keyof BusSignalMap>(name: Name, ...args: BusSignalMap[Name]): void {
    // The emitter's own types cannot follow a generic name.
    const emitter = this.emitter as unknown as EventEmitter;
    for (const listener of emitter.listeners(name)) {
      // Takes it away only if it was given to `once`.
      emitter.off(name, listener, undefined, true);
      this.#call(name, () => listener(...args));
    }
  }

  #call(name: string, listener: () => unknown): void {
    const fail = (err: unknown): void => this.#logger.error({ err }, `A listener of bus.events "${name}" failed.`);
    try {
      const result = listener();
      if (isPromise(result)) result.catch(fail);
    } catch (err) {
      fail(err);
    }
  }
}
