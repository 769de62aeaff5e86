import type { Clock, PluginState } from "@bus/core";

/** What must outlive the process of a trigger that did not simply go through. */
export interface UnitNote extends UnitNoteFields {
  /** Wall time of the last change. */
  readonly at: number;
}

/** An undefined one goes. */
export interface UnitNoteFields {
  /** Goes into the Idempotency-Key, in place of 0: raised after an error answer, which the service would only repeat. */
  readonly epoch?: number | undefined;
  /** Wall time of the first try that left it open: the next ones may send what the service has. */
  readonly since?: number | undefined;
  /** Number of the last try that used up an attempt: one that is not higher is of a replay. */
  readonly attempt?: number | undefined;
  /** The service has said once that the key is in use for another body. */
  readonly reused?: true | undefined;
  /** How often it was accepted, while that waits for its confirmation. */
  readonly accepted?: number | undefined;
  /** Wall time of the last of these. */
  readonly acceptedAt?: number | undefined;
  /** It has gone through, and others of its unit have not. */
  readonly done?: true | undefined;
  /** A broadcast is on its way, or was when the process ended: nobody knows what came of it then. */
  readonly broadcast?: "sending" | undefined;
  /** Wall time. It is never sent again. */
  readonly cancelledAt?: number | undefined;
}

export interface UnitNoteChange {
  readonly transactionId: string;
  /** Merged into what is there. */
  readonly note: UnitNoteFields;
}

const PREFIX = "unit/";
/** Longer than the bus keeps a dead letter, and the service an id. */
const KEPT_MS = 60 * 24 * 3_600_000;

/**
 * Notes on triggers, by transaction id, in the bus's store. A trigger of a young event that goes through at the first try never has any; that of a
 * broadcast stays.
 */
export class UnitNotes {
  readonly #state: PluginState;
  readonly #clock: Clock;

  constructor(state: PluginState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** In the order asked for, all as of one moment. */
  async of(transactionIds: readonly string[]): Promise<readonly (UnitNote | undefined)[]> {
    const values = await this.#state.getMany(transactionIds.map((id) => PREFIX + id));
    return values.map((value) => (isNote(value) ? value : undefined));
  }

  /** Makes all of the changes in one step. A note without fields goes. */
  async change(changes: readonly UnitNoteChange[]): Promise<void> {
    if (changes.length === 0) return;
    const keys = [...new Set(changes.map(({ transactionId }) => PREFIX + transactionId))];
    while (!(await this.#tryChange(keys, changes))) {
      // Another process, or a cancellation, has changed one of them meanwhile: on what it made of it.
    }
  }

  /** Forgets those that nothing can need any more. */
  async prune(): Promise<void> {
    const keys = await this.#state.keys(PREFIX);
    const before = this.#clock.now() - KEPT_MS;
    for (let start = 0; start < keys.length; start += 500) {
      const some = keys.slice(start, start + 500);
      const values = await this.#state.getMany(some);
      const old = some.flatMap((key, index) => {
        const value = values[index];
        return isNote(value) && value.at >= before ? [] : [{ key, value: undefined, expected: value }];
      });
      // Lost to a change made meanwhile, they are found the next time.
      if (old.length > 0) await this.#state.change(old);
    }
  }

  async #tryChange(keys: readonly string[], changes: readonly UnitNoteChange[]): Promise<boolean> {
    const found = await this.#state.getMany(keys);
    const notes = new Map(keys.map((key, index) => [key, fieldsOf(found[index])]));
    for (const { transactionId, note } of changes) {
      const key = PREFIX + transactionId;
      notes.set(key, { ...notes.get(key), ...note });
    }
    return this.#state.change(
      keys.map((key, index) => ({ key, expected: found[index], value: this.#stored(notes.get(key)) })),
    );
  }

  #stored(fields: UnitNoteFields = {}): UnitNote | undefined {
    const isEmpty = Object.values(fields).every((value) => value === undefined);
    return isEmpty ? undefined : { ...fields, at: this.#clock.now() };
  }
}

function fieldsOf(value: unknown): UnitNoteFields {
  if (!isNote(value)) return {};
  const { at: _, ...fields } = value;
  return fields;
}

function isNote(value: unknown): value is UnitNote {
  return typeof value === "object" && value !== null && "at" in value && typeof value.at === "number";
}
