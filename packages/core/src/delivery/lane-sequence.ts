/**
 * What a lane in order has claimed and not begun, batch by batch: the next begins when the one before it has ended. All that waits is given back when
 * one does not end, and whenever the lane is held.
 */
export class LaneSequence<Batch> {
  readonly #send: (batch: Batch) => Promise<boolean>;
  readonly #handBack: (batch: Batch) => void;
  readonly #waiting: Batch[] = [];
  #isSending = false;

  /** `send` resolves with whether the batch is done with; neither throws. */
  constructor({ send, handBack }: { send: (batch: Batch) => Promise<boolean>; handBack: (batch: Batch) => void }) {
    this.#send = send;
    this.#handBack = handBack;
  }

  add(batches: readonly Batch[]): void {
    this.#waiting.push(...batches);
    if (!this.#isSending) void this.#sendAll();
  }

  /** Gives up what has not begun. */
  giveBack(): void {
    for (const batch of this.#waiting.splice(0)) this.#handBack(batch);
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift())
      if (!(await this.#send(batch))) this.giveBack();
    this.#isSending = false;
  }
}
