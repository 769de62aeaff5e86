import type { Offer, OfferAnswer } from "./source-upstream.ts";

const MOST_TEXT = 200;

/** One thing that was offered once, and what came of it so far. */
export class Offering {
  readonly offer: Offer;
  #answer: OfferAnswer | undefined;
  #fault: { readonly error: unknown } | undefined;

  constructor(offer: Offer, answer: Promise<OfferAnswer>) {
    this.offer = offer;
    void this.#learn(answer);
  }

  /** Undefined while the upstream has learnt nothing. Throws what the upstream of the author rejected with, which is a fault of its own. */
  get answer(): OfferAnswer | undefined {
    if (this.#fault) throw this.#fault.error;
    return this.#answer;
  }

  get isTaken(): boolean {
    return this.answer?.kind === "taken";
  }

  /** Not answered, or to come again: nothing is lost. */
  get isLeft(): boolean {
    return !this.answer || this.answer.kind === "again";
  }

  /** For messages. */
  get shown(): string {
    if (!this.answer) return "not answered";
    const { kind, status, text = "" } = this.answer;
    const words = text === "" ? "" : `: ${text.slice(0, MOST_TEXT)}`;
    return `${kind}${status === undefined ? "" : ` (${status})`}${words}`;
  }

  async #learn(answer: Promise<OfferAnswer>): Promise<void> {
    try {
      this.#answer = await answer;
    } catch (error) {
      this.#fault = { error };
    }
  }
}
