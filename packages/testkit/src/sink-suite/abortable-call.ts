import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { BusError } from "@bus/core";
import { until } from "../suite/until.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { OpenTarget } from "./sink-target.ts";

/** How long a call may go on after its signal has aborted: the engine waits no longer. */
const MOST_AFTER_ABORT_MS = 250;

const BETWEEN_LOOKS_MS = 4;
/** A look that took longer was held up by the machine, not by the sink. */
const LONGEST_LOOK_MS = 25;

/** So long that some bytes of an answer have come in. */
const SOME_DRIPS_MS = 50;

/** A call of the sink that the test ends, or that has ended before. */
export class AbortableCall<T> {
  /** Undefined while it is under way. */
  result: PromiseSettledResult<T> | undefined;
  readonly #what: string;
  readonly #controller = new AbortController();

  /** @param what for messages: `deliver()` */
  constructor(
    what: string,
    call: (signal: AbortSignal) => Promise<T> | T,
    { isAborted = false }: { readonly isAborted?: boolean } = {},
  ) {
    this.#what = what;
    if (isAborted) this.#abort();
    void this.#follow(call);
  }

  /** How many listen for the abort of its signal. */
  get listeners(): number {
    return getEventListeners(this.#controller.signal, "abort").length;
  }

  /** Waits until the answer has begun to come, if the call does not end before. */
  async untilAnswering({ clock, target }: { clock: VirtualClock; target: OpenTarget }): Promise<void> {
    await until(clock, "the answer began", () => this.result !== undefined || target.bytesSent > 0);
    await sleep(SOME_DRIPS_MS);
  }

  /** Aborts its signal as the engine does, and gives what it ends with, which must be in time. */
  async abort(clock: VirtualClock): Promise<PromiseSettledResult<T>> {
    this.#abort();
    for (let waitedMs = 0; waitedMs <= MOST_AFTER_ABORT_MS;) {
      const lookedAt = performance.now();
      await clock.advance(1);
      if (this.result) return this.result;
      await sleep(BETWEEN_LOOKS_MS);
      waitedMs += Math.min(performance.now() - lookedAt, LONGEST_LOOK_MS);
    }
    return assert.fail(
      `${this.#what} did not end within ${MOST_AFTER_ABORT_MS} ms of the abort of its signal: hand the signal to every await that can last.`,
    );
  }

  async #follow(call: (signal: AbortSignal) => Promise<T> | T): Promise<void> {
    [this.result] = await Promise.allSettled([(async () => call(this.#controller.signal))()]);
  }

  #abort(): void {
    this.#controller.abort(new BusError("BUS_TIMEOUT", [this.#what, 30_000]));
  }
}
