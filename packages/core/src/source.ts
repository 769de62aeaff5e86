import type { BusEvent, PublishOptions } from "./event.ts";

/** Brings events in from outside. Started after every sink, stopped before any. */
export interface Source<Api = unknown> {
  /** Begins to take events in, and returns; `signal` is aborted when the bus stops. It answers its caller only after `publish` resolved. */
  start(publisher: Publisher, context: { readonly signal: AbortSignal }): Promise<void> | void;
  /** Takes nothing more in and releases everything. Idempotent. */
  stop?(): Promise<void> | void;
  /** What the host reaches as `bus.sources.<name>`. */
  readonly api?: Api;
}

/** Publishing as plugins see it: checked at run time against the host's event types. */
export interface Publisher {
  /** Resolves once the event is stored. */
  publish(type: string, data: unknown, options?: PublishOptions): Promise<BusEvent>;
  /** One atomic append. */
  publishMany(entries: readonly PublishEntry[]): Promise<readonly BusEvent[]>;
}

export interface PublishEntry extends PublishOptions {
  readonly type: string;
  readonly data: unknown;
}
