import { setImmediate as nextTurn } from "node:timers/promises";
import type { PluginState, PluginStateChange } from "@bus/core";
import type { TrinoId } from "../events/account.ts";
import { REMOVED, webhookRecord, type WebhookRecord } from "../webhook-record.ts";

/** A record, or what there is in its place. */
export type StoredWebhook = WebhookRecord | typeof REMOVED | "unreadable" | undefined;

type Piece = readonly (readonly [id: number, StoredWebhook])[];

/** How far the state has come. */
export interface StateMark {
  /** Grows by one with every change. */
  readonly revision: number;
  /** What the next webhook is called; every id below was given. */
  readonly nextId: number;
}

/** What one change makes of one webhook. */
export interface WebhookChange<Result> {
  readonly id: number;
  readonly writes: readonly PluginStateChange[];
  readonly result: Result;
}

/** Further back a process has to read everything again. */
const REVISIONS_KEPT = 1_000;

/** Records read at once: to parse them holds the event loop for a millisecond. */
const AT_ONCE = 50;

/** Ids whose records have keys that begin alike: they can be listed without listing all. */
const BLOCK = 1_000;

const REVISION = "revision";
export const NEXT_ID = "next-id";
const LANE_STEP = "lane:";

export const recordKey = (id: number): string => `${recordPrefix(Math.floor(id / BLOCK))}${id}`;
/** Holds what is still to be done to the lane of a changed webhook: "enable" or "discard". */
export const laneStepKey = (id: number): string => `${LANE_STEP}${id}`;

/** Holds the id of the account's webhook with this URL, in any spelling. Its fragment is never sent. */
export function urlKey(accountId: TrinoId, url: string): string {
  const target = new URL(url);
  target.hash = "";
  return `${accountPrefix(accountId)}${target.href}`;
}

/** As JSON, so that no account's prefix begins another's. */
const accountPrefix = (accountId: TrinoId): string => `url:${JSON.stringify(String(accountId))}:`;
const recordPrefix = (block: number): string => `webhook:${block}:`;
const revisionKey = (revision: number): string => `revision:${revision}`;

/**
 * The registered webhooks as the state holds them: a key for each, one for each target that is taken, and which webhook each of the last
 * revisions changed. Every change expects the revision it was made for, so that changes follow one another in all processes on the store.
 */
export class WebhookState {
  readonly #state: PluginState;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(state: PluginState) {
    this.#state = state;
  }

  async mark(): Promise<StateMark> {
    const [revision, nextId] = await this.#state.getMany([REVISION, NEXT_ID]);
    return { revision: numberOf(revision, 0), nextId: numberOf(nextId, 1) };
  }

  async laneSteps(): Promise<readonly (readonly [id: number, step: unknown])[]> {
    const ids = await this.#idsOf(LANE_STEP);
    const steps = await this.#state.getMany(ids.map(laneStepKey));
    return ids.map((id, index) => [id, steps[index]]);
  }

  async endLaneStep(id: number): Promise<void> {
    await this.#state.delete(laneStepKey(id));
  }

  async idsOfAccount(accountId: TrinoId): Promise<readonly number[]> {
    const keys = await this.#state.keys(accountPrefix(accountId));
    return sorted((await this.#state.getMany(keys)).map((id) => numberOf(id, 0)));
  }

  async ofUrl(accountId: TrinoId, url: string): Promise<unknown> {
    return this.#state.get(urlKey(accountId, url));
  }

  async get(id: number): Promise<StoredWebhook> {
    if (!Number.isSafeInteger(id)) return undefined;
    return storedWebhook((await this.#values([recordKey(id)]))[0]);
  }

  /** In order of id, in pieces as below. */
  async *all(): AsyncGenerator<Piece> {
    const { nextId } = await this.mark();
    for (let block = 0; block * BLOCK < nextId; block += 1) {
      if (block > 0) await nextTurn();
      yield* this.pieces(await this.#idsOf(recordPrefix(block)));
    }
  }

  /** With a turn of the event loop between the pieces. */
  async *pieces(ids: readonly number[]): AsyncGenerator<Piece> {
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      if (start > 0) await nextTurn();
      const piece = ids.slice(start, start + AT_ONCE);
      const values = await this.#values(piece.map(recordKey));
      yield piece.map((id, index) => [id, storedWebhook(values[index])]);
    }
  }

  /** The webhooks that were changed between two revisions; undefined when that is too long ago. */
  async changedSince(revision: number, current: number): Promise<ReadonlySet<number> | undefined> {
    const count = current - revision;
    if (count < 0 || count > REVISIONS_KEPT) return undefined;
    const ids = await this.#state.getMany(
      Array.from({ length: count }, (_, index) => revisionKey(revision + index + 1)),
    );
    return ids.includes(undefined) ? undefined : new Set(ids.map((id) => numberOf(id, 0)));
  }

  /**
   * Makes the change that `plan` makes of the state as it is, and plans again when another process was first; those of this process wait for one
   * another. Without writes there is none.
   */
  change<Result>(plan: (mark: StateMark) => Promise<WebhookChange<Result>>): Promise<Result> {
    const change = this.#lastChange.then(() => this.#change(plan));
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  async #change<Result>(plan: (mark: StateMark) => Promise<WebhookChange<Result>>): Promise<Result> {
    for (;;) {
      const mark = await this.mark();
      const { id, writes, result } = await plan(mark);
      const revision = mark.revision + 1;
      const isDone =
        writes.length === 0 ||
        (await this.#state.change([
          { key: REVISION, value: revision, expected: mark.revision === 0 ? undefined : mark.revision },
          { key: revisionKey(revision), value: id },
          { key: revisionKey(revision - REVISIONS_KEPT), value: undefined },
          ...writes,
        ]));
      if (isDone) return result;
    }
  }

  async #idsOf(prefix: string): Promise<readonly number[]> {
    return sorted((await this.#state.keys(prefix)).map((key) => Number(key.slice(prefix.length))));
  }

  /** Null, which is no record, in the place of each text that is no JSON. */
  async #values(keys: readonly string[]): Promise<readonly unknown[]> {
    try {
      return await this.#state.getMany(keys);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      if (keys.length === 1) return [null];
      return (await Promise.all(keys.map((key) => this.#values([key])))).flat();
    }
  }
}

function storedWebhook(value: unknown): StoredWebhook {
  if (value === undefined || value === REMOVED) return value;
  return webhookRecord.safeParse(value).data ?? "unreadable";
}

function numberOf(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number") return value;
  throw new TypeError("The state of the webhooks is damaged: a counter is no number.");
}

function sorted(ids: readonly number[]): readonly number[] {
  return ids.filter(Number.isSafeInteger).toSorted((a, b) => a - b);
}
