import type { Clock, PluginState, PluginStateChange } from "@bus/core";

/** What is known of a unit of pushes that came before. */
export interface PushMark {
  /** When it first came, ms since the epoch. The ids of its events are made of it. */
  readonly at: number;
  readonly fingerprint?: string;
  /** Its events are on the bus. Without it they may be. */
  readonly isDone?: true;
}

/** A unit that is to be marked. */
export interface Marked {
  readonly key: string;
  readonly fingerprint?: string;
}

interface Found {
  readonly stored: unknown;
  /** Undefined for none, and for one that is past the window. */
  readonly mark: PushMark | undefined;
}

const UNKNOWN: Found = { stored: undefined, mark: undefined };
const PREFIX = "seen:";
const HEX = "0123456789abcdef";
const FORGOTTEN_AT_ONCE = 500;

/** The marks of pushes in the plugin's state, under `seen:<64 hex digits>`. */
export class PushMarks {
  readonly #state: PluginState;
  readonly #clock: Clock;
  readonly #windowMs: number;

  constructor({ state, clock, windowMs }: { state: PluginState; clock: Clock; windowMs: number }) {
    this.#state = state;
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** The mark of each, made where there was none. Of several that claim at once, all get the mark of the first. */
  async claim(units: readonly Marked[]): Promise<readonly PushMark[]> {
    const keys = units.map(({ key }) => PREFIX + key);
    // Most pushes are new, and cost one step less if they are first taken for it.
    let found: readonly Found[] = keys.map(() => UNKNOWN);
    for (;;) {
      const at = this.#clock.now();
      const claims: PluginStateChange[] = [];
      const marks = units.map(({ fingerprint }, index) => {
        const { stored, mark } = found[index] as Found;
        if (mark) return mark;
        const claim: PushMark = { at, ...(fingerprint !== undefined && { fingerprint }) };
        claims.push({ key: keys[index] as string, value: claim, expected: stored });
        return claim;
      });
      // Refused: there are other marks by now.
      if (claims.length === 0 || (await this.#state.change(claims))) return marks;
      found = await this.#find(keys);
    }
  }

  /** Notes that the events of these units are on the bus. */
  async finish(done: readonly (readonly [Marked, PushMark])[]): Promise<void> {
    await this.#state.change(
      done.map(([{ key }, mark]) => ({ key: PREFIX + key, value: { ...mark, isDone: true } satisfies PushMark })),
    );
  }

  /** Removes the marks that are past the window, in pieces, so that the event loop is not held. */
  async forgetOld(signal: AbortSignal): Promise<void> {
    for (const first of HEX) {
      for (const second of HEX) {
        if (signal.aborted) return;
        const keys = await this.#state.keys(PREFIX + first + second);
        for (let from = 0; from < keys.length && !signal.aborted; from += FORGOTTEN_AT_ONCE)
          await this.#forget(keys.slice(from, from + FORGOTTEN_AT_ONCE));
      }
    }
  }

  /** In one step; refused when one of them was claimed meanwhile: then they stay until the next time. */
  async #forget(keys: readonly string[]): Promise<void> {
    const found = await this.#find(keys);
    const old = keys.flatMap((key, index) => {
      const { stored, mark } = found[index] as Found;
      return mark ? [] : [{ key, value: undefined, expected: stored }];
    });
    if (old.length > 0) await this.#state.change(old);
  }

  async #find(keys: readonly string[]): Promise<readonly Found[]> {
    const stored = await this.#state.getMany(keys);
    const now = this.#clock.now();
    return stored.map((value) => ({ stored: value, mark: this.#freshMark(value, now) }));
  }

  /** A clock that was set back leaves marks of the future: they are old once they are as far away as a mark can be. */
  #freshMark(stored: unknown, now: number): PushMark | undefined {
    return isMark(stored) && Math.abs(now - stored.at) < this.#windowMs ? stored : undefined;
  }
}

function isMark(stored: unknown): stored is PushMark {
  return typeof stored === "object" && stored !== null && "at" in stored && typeof stored.at === "number";
}
