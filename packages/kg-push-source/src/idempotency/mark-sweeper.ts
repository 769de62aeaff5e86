import type { Clock, Logger } from "@bus/core";
import type { PushMarks } from "./push-marks.ts";

/** However short the window: each sweep reads every mark. */
const LEAST_PAUSE_MS = 60_000;

/** Forgets old marks, at the start and once in every window. */
export class MarkSweeper {
  readonly #marks: PushMarks;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pauseMs: number;
  readonly #stopping = new AbortController();
  #sweep: Promise<void> = Promise.resolve();
  #cancel = (): void => {};

  constructor(marks: PushMarks, { clock, logger, windowMs }: { clock: Clock; logger: Logger; windowMs: number }) {
    this.#marks = marks;
    this.#clock = clock;
    this.#logger = logger;
    this.#pauseMs = Math.max(windowMs, LEAST_PAUSE_MS);
  }

  start(): void {
    this.#sweep = this.#forgetOld();
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel();
    await this.#sweep;
  }

  async #forgetOld(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.#marks.forgetOld(signal);
    } catch (err) {
      this.#logger.error({ err }, "Marks of old pushes were not removed: they are tried again later.");
    }
    if (!signal.aborted) this.#cancel = this.#clock.schedule(() => this.start(), this.#pauseMs, false);
  }
}
