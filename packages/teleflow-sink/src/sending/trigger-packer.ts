import { bulkBytes } from "../calls/teleflow-client.ts";
import type { Entry } from "./sent-call.ts";

/** Of one bulk. */
export interface BulkBounds {
  readonly maxTriggers: number;
  /** Of the request's body. A trigger that is larger goes alone. */
  readonly maxBytes: number;
}

/** Puts together what goes in one request, in order. */
export class TriggerPacker {
  readonly #bounds: BulkBounds;
  #open: Entry[] = [];
  #openBytes = 0;

  constructor(bounds: BulkBounds) {
    this.#bounds = bounds;
  }

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  /** Gives the packs that are now full: none, one, or the one before with one that this entry fills by itself. */
  add(entry: Entry): readonly Entry[][] {
    const { maxTriggers, maxBytes } = this.#bounds;
    const ownBytes = entry.sendable.trigger.bytes;
    const fits = bulkBytes(this.#open.length + 1, this.#openBytes + ownBytes) <= maxBytes;
    const before = fits || this.isEmpty ? undefined : this.take();
    this.#open.push(entry);
    this.#openBytes += ownBytes;
    const isFull = this.#open.length === maxTriggers || bulkBytes(this.#open.length, this.#openBytes) >= maxBytes;
    return [...(before ? [before] : []), ...(isFull ? [this.take()] : [])];
  }

  /** What is not full yet; it is empty then. */
  take(): Entry[] {
    const taken = this.#open;
    this.#open = [];
    this.#openBytes = 0;
    return taken;
  }
}
