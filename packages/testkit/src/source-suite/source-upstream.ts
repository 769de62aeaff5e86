/**
 * Where a source gets its events from, as the suite needs it: told apart from the source by what it can be made to do. `httpUpstream` makes one for
 * sources that are called over HTTP; for a queue or a feed write your own.
 */
export interface SourceUpstream<Open extends OpenUpstream = OpenUpstream> {
  /** "caller": it calls the source, and waits for an answer. "queue": the source fetches from it, and says what became of each thing. */
  readonly kind: "caller" | "queue";
  /** What else it can offer than what is right. Tests that need another are reported as skipped. */
  readonly faults: readonly OfferFault[];
  /** One of its own for each test. */
  open(): Promise<Open>;
}

/** An upstream that runs. */
export interface OpenUpstream {
  /**
   * Offers one thing once. Resolves with what it learns of it, and never where it learns nothing; what came "again" is not offered again by itself: the suite
   * does that. `api` is what the host reaches as `bus.sources.<name>`, for an upstream that calls.
   */
  offer(offer: Offer, api: unknown): Promise<OfferAnswer>;
  /**
   * Of a queue: those that fetch from it are gone as with their process. What is out with them can be fetched again, and what they say is not heard any
   * more. Whoever connects afterwards is another.
   */
  drop?(): void;
  close(): Promise<void>;
}

/** One thing that a source is to publish as one event. */
export interface Offer {
  /** A text of hyphens, digits and letters of any script, to be found in the data of the event. */
  readonly marker: string;
  /** By which the source is to know a second offer of the same: letters of ASCII, digits and hyphens. */
  readonly id: string;
  /** What the caller proves itself with: as `create` got it, or a wrong one, which may be empty. Undefined: nothing. */
  readonly secret: string | undefined;
  /** What is malformed or empty is this, made of the right text. */
  readonly spoil?: ((right: string) => string) | undefined;
  readonly isOversized?: boolean | undefined;
}

/**
 * "unauthorized": with another secret, or none. "malformed": it cannot be read. "empty": it can, and says nothing: no text, `null`, or an empty list.
 * "oversized": it is larger than the source takes, and else right.
 */
export type OfferFault = "unauthorized" | "malformed" | "empty" | "oversized";

export interface OfferAnswer {
  /**
   * "taken": the upstream forgets it: a 2xx, an acknowledgement. "again": the upstream will offer it again: 429, 5xx, a negative
   * acknowledgement, a lost connection. "refused": the upstream gives it up: a 4xx, a dead letter.
   */
  readonly kind: "taken" | "again" | "refused";
  /** Over HTTP. */
  readonly status?: number | undefined;
  /** What the answer says besides. */
  readonly text?: string | undefined;
  /** Over HTTP. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How much of something oversized the source read, where that can be told. */
  readonly readBytes?: number | undefined;
}
