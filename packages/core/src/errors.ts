/**
 * Every code a {@link BusError} can carry, with the function that words its message.
 * A code never changes within a major version; its wording may.
 */
const messages = {
  BUS_ADDRESS_REFUSED: (host: string, address: string) =>
    `"${host}" leads to ${address}, which is no public address: allow that host or range if it is meant.`,
  BUS_BACKLOG_FULL: (max: number) =>
    `The backlog holds its maximum of ${max} deliveries: raise maxBacklog, or publish with onFull: "wait".`,
  BUS_DELIVERY_UNKNOWN: (id: string) => `No delivery has the id "${id}": it may have been pruned.`,
  BUS_DEPENDENCY_MISSING: (plugin: string, token: string) =>
    `${plugin} depends on "${token}", which nothing provides: add provide(token, value) to the bus's provide option.`,
  BUS_DESTINATION_INVALID: (sink: string, value: string) =>
    `Sink "${sink}" named the destination ${value}: destinations are non-empty strings other than "*".`,
  BUS_EVENT_INVALID: (event: string, place: string, detail: string) =>
    `The data of ${event} does not fit ${place}: ${detail}.`,
  BUS_EVENT_TYPE_INVALID: (type: string) =>
    `"${type}" is no event type: write dot-separated words of letters, digits, "_" and "-", such as "message.created".`,
  BUS_EVENT_UNKNOWN: (event: string) => `The event type ${event} is not declared: add it to the bus's events option.`,
  BUS_EVENT_UNSERIALIZABLE: (event: string) =>
    `The data of ${event} has no JSON form: remove BigInts, cycles, throwing toJSON methods and what is nested more than 2,000 levels deep.`,
  BUS_HEADER_INVALID: (name: string, detail: string) => `The header "${name}" ${detail}.`,
  BUS_HTTP_FAILED: (origin: string, stage: string) => `The request to ${origin} failed at ${stage}.`,
  BUS_LANE_UNKNOWN: (sink: string, destination: string) =>
    `Sink "${sink}" has no lane "${destination}": see bus.lanes.list().`,
  BUS_LEASE_LOST: (delivery: string) =>
    `Delivery "${delivery}" ended after its lease did: its outcome was not recorded and it is sent again.`,
  BUS_LISTENER_FAILED: (type: string) => `A listener of "${type}" failed: see the cause.`,
  BUS_NOT_RUNNING: (what: string, state: string) =>
    `${what} needs a running bus, and this one is ${state}: call it after start() and before stop().`,
  BUS_OPTION_INVALID: (place: string, detail: string) => `${place}: ${detail}.`,
  BUS_OUTCOMES_INVALID: (sink: string, detail: string) =>
    `Sink "${sink}" broke its contract: ${detail}. deliver() returns one outcome per delivery, in order.`,
  BUS_PATTERN_INVALID: (pattern: string) =>
    `"${pattern}" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.`,
  BUS_PATTERN_UNMATCHED: (pattern: string, place: string) =>
    `The pattern "${pattern}" of ${place} matches no declared event type.`,
  BUS_PLUGIN_INVALID: (place: string, detail: string) => `${place} ${detail}.`,
  BUS_QUERY_INVALID: (detail: string) => `The query is not valid: ${detail}.`,
  BUS_ROUTE_FAILED: (place: string, event: string) =>
    `${place} threw on ${event}: see the cause. Nothing was published.`,
  BUS_ROUTE_INVALID: (place: string, detail: string) => `${place}: ${detail}.`,
  BUS_SECRET_INVALID: (detail: string) => `The signing secret is not valid: ${detail}.`,
  BUS_SIGNATURE_INVALID: (detail: string) => `The signature is not valid: ${detail}.`,
  BUS_SINK_FAILED: (sink: string) => `Sink "${sink}" threw: see the cause. Its deliveries are retried.`,
  BUS_SINK_UNKNOWN: (sink: string, place: string) =>
    `${place} names the sink "${sink}", which is not among the bus's sinks.`,
  BUS_START_FAILED: (what: string) => `${what} did not start: see the cause. What had started was stopped again.`,
  BUS_START_REPEATED: (state: string) =>
    `start() was called on a bus that is ${state}: a bus starts once, make another with createBus().`,
  BUS_STATE_UNKNOWN: (id: string) => `The store holds work for the sink "${id}", which this bus does not have.`,
  BUS_STOP_FAILED: (what: string) => `The bus stopped, but ${what} did not end cleanly: see the cause.`,
  BUS_STORE_CLOSED: (operation: string) =>
    `The store is not open: ${operation} was called before open() or after close().`,
  BUS_STORE_CORRUPT: (place: string, operation: string) =>
    `${place} is damaged, or no SQLite file (${operation}): put a backup in its place, or recover what it holds with sqlite3's .recover.`,
  BUS_STORE_FAILED: (operation: string) => `The store failed at ${operation}: see the cause.`,
  BUS_STORE_FULL: (place: string, operation: string) =>
    `${place} cannot grow (${operation}): make room on its disk, or raise its limit. Nothing was recorded.`,
  BUS_STORE_LOCKED: (place: string, operation: string) =>
    `${place} was locked by another connection for too long (${operation}): find the transaction that is left open.`,
  BUS_STORE_READONLY: (place: string, operation: string) =>
    `${place} cannot be opened or written (${operation}): give this process the right to write it, the -wal and -shm files beside it and their directory.`,
  BUS_STORE_SCHEMA_NEWER: (place: string, version: number, known: number) =>
    `${place} has the schema version ${version}, and this version of the store knows ${known}: install the newer one again.`,
  BUS_TELEFLOW_REFUSED: (call: string, status: number, words: string) =>
    `Teleflow refused the ${call} with ${status}${words === "" ? "" : `: ${words}`}.`,
  BUS_TIMEOUT: (what: string, ms: number) => `${what} took longer than ${ms} ms.`,
  BUS_TRANSACTION_ROLLED_BACK: (events: number) =>
    `The host rolled back the transaction in which ${events} event(s) were published: nothing was recorded.`,
  BUS_URL_INVALID: (detail: string) => `The URL is not valid: ${detail}.`,
  BUS_WEBHOOK_INVALID: (detail: string) => `The webhook is not valid: ${detail}.`,
  BUS_WEBHOOK_UNKNOWN: (id: string) => `No webhook has the id ${id}: see webhooks.list() of its sink.`,
} as const;

/** A stable name for what went wrong. @see docs/reference/errors.md */
export type BusErrorCode = keyof typeof messages;

/** Marks a BusError for every copy of this package. */
const BUS_ERROR = Symbol.for("@bus/core/BusError");

/** What every public function of Bus throws or rejects with when the fault is not a plain type mistake of the caller. */
export class BusError<Code extends BusErrorCode = BusErrorCode> extends Error {
  override readonly name = "BusError";
  readonly code: Code;
  constructor(code: Code, args: Parameters<(typeof messages)[Code]>, options?: ErrorOptions) {
    const word = messages[code] as (...args: readonly unknown[]) => string;
    super(word(...args), options);
    this.code = code;
    Object.defineProperty(this, BUS_ERROR, { value: true });
  }

  /** Whether `error` is a BusError, of the given code if one is named, whichever copy of this package threw it. */
  static is<C extends BusErrorCode = BusErrorCode>(error: unknown, code?: C): error is BusError<C> {
    if (typeof error !== "object" || error === null || !(BUS_ERROR in error)) return false;
    return code === undefined || (error as unknown as BusError).code === code;
  }
}
