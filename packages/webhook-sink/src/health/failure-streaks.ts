import type { Clock, Logger, PluginState } from "@bus/core";
import { z } from "zod";

export interface FailureStreaksOptions {
  readonly state: PluginState;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Infinity: nothing is kept. */
  readonly disableAfterMs: number;
  /** Whether there is such a webhook; what is kept for others is dropped. */
  readonly isKnown: (destination: string) => boolean;
}

/** As it is kept in the state, too. Times are ms since the epoch. */
interface Streak {
  readonly since: number;
  /** The last failure that was noted. */
  readonly seenAt: number;
}

/** The retry schedule never waits longer than a day: when nothing failed for longer, nothing was sent. */
const LONGEST_RETRY_MS = 30 * 3_600_000;

const LONGEST_LOOK_MS = 60_000;

const PREFIX = "failing:";

const streakSchema: z.ZodType<Streak> = z.object({ since: z.number(), seenAt: z.number() });

/** Where the state keeps since when a webhook fails; without it, its next failure counts as the first. */
export function failingKey(destination: string): string {
  return `${PREFIX}${destination}`;
}

/**
 * Since when each webhook has had nothing but failures, over restarts and in all processes on the store: a success of any ends it, and so does
 * a time without attempts of `disableAfterMs` and more than the longest retry.
 *
 * Webhooks that are well cost nothing, and those that fail one write per twentieth of `disableAfterMs`: what other processes did is only
 * looked up before a webhook is given up, and once a minute. A state that fails is logged, and nothing is given up then.
 */
export class FailureStreaks {
  readonly #options: FailureStreaksOptions;
  readonly #noteEveryMs: number;
  readonly #lookEveryMs: number;
  readonly #quietMs: number;
  readonly #streaks = new Map<string, Streak>();
  /** What the state held at the last look, less what has ended here since: also of other processes and earlier runs. */
  #noted = new Set<string>();
  /** Ended soon after they had begun, and so to be ended in the state at the next look: a webhook may fail now and then, many times a second. */
  readonly #ended = new Map<string, Streak>();
  #lookAt = -Infinity;

  constructor(options: FailureStreaksOptions) {
    const { disableAfterMs } = options;
    this.#options = options;
    this.#noteEveryMs = disableAfterMs / 20;
    this.#lookEveryMs = Math.min(this.#noteEveryMs, LONGEST_LOOK_MS);
    this.#quietMs = Math.max(disableAfterMs, LONGEST_RETRY_MS) + this.#noteEveryMs;
  }

  /** Since when it has failed, once that is long enough to give it up. */
  async failed(destination: string): Promise<number | undefined> {
    return this.#logged(destination, async () => {
      await this.#look();
      return this.#failedSince(destination, this.#options.clock.now());
    });
  }

  async succeeded(destination: string): Promise<void> {
    return this.#logged(destination, async () => {
      await this.#look();
      const streak = this.#streaks.get(destination);
      this.#streaks.delete(destination);
      if (this.#ended.has(destination)) return;
      if (streak && this.#options.clock.now() - streak.since < this.#lookEveryMs) this.#ended.set(destination, streak);
      else if (streak || this.#noted.has(destination)) await this.forget(destination);
    });
  }

  /** It was disabled: when it is enabled again it begins anew. */
  async forget(destination: string): Promise<void> {
    this.#streaks.delete(destination);
    this.#noted.delete(destination);
    this.#ended.delete(destination);
    await this.#options.state.delete(failingKey(destination));
  }

  async #failedSince(destination: string, now: number): Promise<number | undefined> {
    const { state, disableAfterMs } = this.#options;
    const streak = this.#streaks.get(destination);
    if (this.#ended.has(destination)) {
      if (streak === undefined) this.#streaks.set(destination, { since: now, seenAt: now });
      return undefined;
    }
    const isFresh = streak !== undefined && now - streak.seenAt < this.#noteEveryMs;
    if (isFresh && now - streak.since < disableAfterMs) return undefined;

    const key = failingKey(destination);
    const held = await state.get(key);
    // One that was noted and is there no more has been ended by another process.
    const noted = streakSchema.safeParse(held).data;
    const isOngoing = noted !== undefined && now - noted.seenAt <= this.#quietMs;
    const since = isOngoing ? noted.since : now;
    if (now - since >= disableAfterMs) return since;

    const isNoted = await state.change([{ key, value: { since, seenAt: now }, expected: held }]);
    if (isNoted) this.#streaks.set(destination, { since, seenAt: now });
    return undefined;
  }

  async #look(): Promise<void> {
    const { state, clock, isKnown } = this.#options;
    const now = clock.steady();
    if (now < this.#lookAt) return;
    this.#lookAt = now + this.#lookEveryMs;
    for (const [destination, held] of this.#ended) await this.#endInState(destination, held);
    for (const destination of this.#streaks.keys()) if (!isKnown(destination)) this.#streaks.delete(destination);
    const noted = new Set<string>();
    for (const key of await state.keys(PREFIX)) {
      const destination = key.slice(PREFIX.length);
      if (isKnown(destination)) noted.add(destination);
      else await state.delete(key);
    }
    this.#noted = noted;
  }

  /** With what has begun since then in its place, unless another process was first. */
  async #endInState(destination: string, held: Streak): Promise<void> {
    this.#ended.delete(destination);
    const value = this.#streaks.get(destination);
    const isEnded = await this.#options.state.change([{ key: failingKey(destination), value, expected: held }]);
    if (!isEnded) this.#streaks.delete(destination);
  }

  /** What became of the attempt stands, whatever became of the note of it. */
  async #logged<T>(destination: string, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#options.disableAfterMs === Infinity) return undefined;
    try {
      return await work();
    } catch (err) {
      this.#options.logger.warn({ err, destination }, "The state did not keep how the webhook is doing.");
      return undefined;
    }
  }
}
