/** What a sink sends to, as the suite needs it: told apart from the sink by what it can be made to do. `httpTarget` makes one for HTTP. */
export interface SinkTarget {
  /** The faults it can play. Tests that need another are reported as skipped. */
  readonly faults: readonly TargetFault["kind"][];
  /**
   * How it refuses a single item for good: "inside" an answer that says success, "outside" by an answer that fails. Left out: it cannot, and the tests
   * of poison are reported as skipped.
   */
  readonly refusal?: "inside" | "outside";
  /** One of its own for each test. */
  open(): Promise<OpenTarget>;
}

/** A target that runs. */
export interface OpenTarget {
  /** Handed to `create`. The same after `comeUp`. */
  readonly url: string;
  /** Each request that came in whole, in order, with what it asked for; those that failed too. */
  readonly requests: readonly (readonly TargetItem[])[];
  /** Over HTTP: the method of each of `requests`. */
  readonly methods?: readonly string[];
  /** What has taken effect, in order; an item twice if it did so twice. */
  readonly effects: readonly TargetItem[];
  /** Connections made to it so far. */
  readonly connections: number;
  /** Requests that have begun, and are neither answered to the end nor broken off. */
  readonly underWay: number;
  /** Bytes of answers written so far: they tell how much of a `huge` one was read. */
  readonly bytesSent: number;
  /** Asked at each request; undefined: it is served. Set by the tests. */
  fault: (items: readonly TargetItem[]) => TargetFault | undefined;
  /** Markers of the items that it refuses for good. Filled by the tests. */
  readonly refused: Set<string>;
  /** Connections are refused, and those there are end. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

/** One thing that a request asks for. */
export interface TargetItem {
  /** The text that `event` of the suite's options put into the event. */
  readonly marker: string;
  /** By which the target knows a second sending of the same: the delivery id, or what the sink makes of it. Left out where nothing is sent. */
  readonly id?: string;
}

/** What a target does in the place of serving a request. Nothing takes effect, but by `slow`, `cut`, `drip`, `huge` and `garbage`. */
export type TargetFault =
  /** It answers that it is out of order for a while; over HTTP a 503. */
  | { readonly kind: "error" }
  /** Over HTTP: that status. */
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Served as ever, and answered that much later, in real time. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The connection is lost before the answer. */
  | { readonly kind: "reset" }
  /** The connection is lost in the middle of the answer that says success. */
  | { readonly kind: "cut" }
  /** No answer, for as long as the connection lasts. */
  | { readonly kind: "hang" }
  /** The answer says success, and comes a byte at a time, without an end. */
  | { readonly kind: "drip" }
  /** The answer says success, and goes on for as long as somebody reads, up to 64 MiB. */
  | { readonly kind: "huge" }
  /** The answer says success, and what follows is cut off or cannot be read. */
  | { readonly kind: "garbage" };
