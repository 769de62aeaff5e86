/** One immutable fact, with the attributes of CloudEvents 1.0. */
export interface BusEvent<Type extends string = string, Data = unknown> extends EventAttributes {
  /** Unique per source; the same id published twice is recorded once. */
  readonly id: string;
  readonly type: Type;
  /** The name of the bus that published it. */
  readonly source: string;
  /** When it was published, RFC 3339 in UTC. */
  readonly time: string;
  readonly data: Data;
}

/** The optional attributes, which a publisher may set. */
export interface EventAttributes {
  /** What the event is about. */
  readonly subject?: string;
  /** Ordering key (CloudEvents `partitionkey`): deliveries of one lane with the same key go in publish order. */
  readonly key?: string;
  /** The customer the event belongs to. */
  readonly tenant?: string;
  /** The id shared by everything one request led to. */
  readonly correlationid?: string;
  /** The id of the event this one came of. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

/** What a publisher may say of an event besides type and data. */
export interface PublishOptions extends EventAttributes {
  /** A stable id makes publishing again harmless. @default a new UUID, version 7 */
  readonly id?: string;
}
