/**
 * Every code a {@link BusError} can carry, with what it means, what to do, and the function that words its message.
 * A code never changes within a major version; its wording may. docs/reference/errors.md is made from this: `pnpm docs:errors`.
 */
const messages = {
  /**
   * The host of a request's URL leads to an address that is not public: loopback, private, link-local or otherwise
   * special. Nothing was sent. The guard keeps the URLs of customers from reaching your own network.
   *
   * What to do. If the target is meant, add its host or range to the allow-list of the sink or of the one destination.
   * If it is not, the destination's owner gave a wrong URL.
   */
  BUS_ADDRESS_REFUSED: (host: string, address: string) =>
    `"${host}" leads to ${address}, which is no public address: allow that host or range if it is meant.`,

  /**
   * The store holds `maxBacklog` unfinished deliveries. The events were not recorded.
   *
   * What to do. Find out which lane does not empty (`bus.lanes.list()`), and mend its target. Else raise `maxBacklog`,
   * or set `onFull: "wait"` so that `publish` waits for room. A source answers its caller that it must come again
   * later.
   */
  BUS_BACKLOG_FULL: (max: number) =>
    `The backlog holds its maximum of ${max} deliveries: raise maxBacklog, or publish with onFull: "wait".`,

  /**
   * No delivery has this id: it was mistyped, or its retention is over.
   *
   * What to do. Look it up with `bus.deliveries.list()`. Raise `retention` if deliveries must be found for longer.
   */
  BUS_DELIVERY_UNKNOWN: (id: string) => `No delivery has the id "${id}": it may have been pruned.`,

  /**
   * A plugin depends on a token that neither the host nor the plugin's defaults nor the bus provides. The bus did not
   * start.
   *
   * What to do. Add `provide(TOKEN, value)` to the `provide` option, or register the token in the container given as
   * `container`.
   */
  BUS_DEPENDENCY_MISSING: (plugin: string, token: string) =>
    `${plugin} depends on "${token}", which nothing provides: add provide(token, value) to the bus's provide option.`,

  /**
   * A sink's `destinations` or `fixedDestinations` returned something other than a list of non-empty strings, or the
   * reserved name `*`. The fan-out by `destinations` is retried like any delivery; with `fixedDestinations` the publish
   * was refused.
   *
   * What to do. A fault of the sink: mend the method.
   */
  BUS_DESTINATION_INVALID: (sink: string, value: string) =>
    `Sink "${sink}" named the destination ${value}: destinations are non-empty strings other than "*".`,

  /**
   * The data of an event does not fit the schema declared for its type, or the data made by a route's `map` does not
   * fit what the sink accepts. Nothing was recorded.
   *
   * What to do. The message names the field. Mend the data, or the schema if the data is right.
   */
  BUS_EVENT_INVALID: (event: string, place: string, detail: string) =>
    `The data of ${event} does not fit ${place}: ${detail}.`,

  /**
   * A declared event type is not written as dot-separated words.
   *
   * What to do. Write it in letters, digits, `_` and `-`, such as `message.created`.
   */
  BUS_EVENT_TYPE_INVALID: (type: string) =>
    `"${type}" is no event type: write dot-separated words of letters, digits, "_" and "-", such as "message.created".`,

  /**
   * An event was published whose type the bus does not declare. TypeScript hosts see this as a compile error.
   *
   * What to do. Add the type and its schema to the `events` option, or correct the type.
   */
  BUS_EVENT_UNKNOWN: (event: string) => `The event type ${event} is not declared: add it to the bus's events option.`,

  /**
   * The data of an event cannot be written as JSON, and so cannot be kept or sent.
   *
   * What to do. Remove BigInts, cycles, `toJSON` methods that throw, and what is nested more than 2,000 levels deep.
   */
  BUS_EVENT_UNSERIALIZABLE: (event: string) =>
    `The data of ${event} has no JSON form: remove BigInts, cycles, throwing toJSON methods and what is nested more than 2,000 levels deep.`,

  /**
   * A header of a request has a name or value that HTTP does not allow, or one that the sink sets itself. The message
   * shows the name, never the value.
   *
   * What to do. Correct the header where it was configured.
   */
  BUS_HEADER_INVALID: (name: string, detail: string) => `The header "${name}" ${detail}.`,

  /**
   * A request got no answer because the name look-up, the connection, TLS or the exchange failed. Sinks turn it into a
   * retry.
   *
   * What to do. Read the `cause`. Nothing needs to be done if the target recovers; the schedule goes on.
   */
  BUS_HTTP_FAILED: (origin: string, stage: string) => `The request to ${origin} failed at ${stage}.`,

  /**
   * No lane has this sink and destination: a lane exists once something was owed to it.
   *
   * What to do. See `bus.lanes.list()` for those there are.
   */
  BUS_LANE_UNKNOWN: (sink: string, destination: string) =>
    `Sink "${sink}" has no lane "${destination}": see bus.lanes.list().`,

  /**
   * A delivery took longer than its lease, and was taken up by another worker meanwhile. Its outcome was not recorded,
   * so it is sent again, with the same delivery id.
   *
   * What to do. One at a time is harmless. If it repeats, the process was held up: look for work that blocks the event
   * loop, and for clock steps.
   */
  BUS_LEASE_LOST: (delivery: string) =>
    `Delivery "${delivery}" ended after its lease did: its outcome was not recorded and it is sent again.`,

  /**
   * A listener given to `bus.on` threw or rejected. The event, its deliveries and the other listeners are not touched.
   *
   * What to do. Read the `cause`, and mend the listener.
   */
  BUS_LISTENER_FAILED: (type: string) => `A listener of "${type}" failed: see the cause.`,

  /**
   * Something was asked that only a running bus can do, before `start()` resolved or after `stop()` was called. A
   * replay that was under way is refused with it too, and goes on when a bus starts on the store again.
   *
   * What to do. Call it between the two. In a shutdown, stop what publishes before you stop the bus.
   */
  BUS_NOT_RUNNING: (what: string, state: string) =>
    `${what} needs a running bus, and this one is ${state}: call it after start() and before stop().`,

  /**
   * An option of the bus, of a plugin or of a policy has a value it cannot have.
   *
   * What to do. The message names the option and what it must be.
   */
  BUS_OPTION_INVALID: (place: string, detail: string) => `${place}: ${detail}.`,

  /**
   * A sink's `deliver` did not return one outcome per delivery of its batch. Nothing of that batch counts as delivered;
   * it is retried.
   *
   * What to do. A fault of the sink: return as many outcomes as there are deliveries, in their order.
   */
  BUS_OUTCOMES_INVALID: (sink: string, detail: string) =>
    `Sink "${sink}" broke its contract: ${detail}. deliver() returns one outcome per delivery, in order.`,

  /**
   * A pattern is not written as an event type with `*` or `**` in it.
   *
   * What to do. Write it like `message.*` or `**`.
   */
  BUS_PATTERN_INVALID: (pattern: string) =>
    `"${pattern}" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.`,

  /**
   * A pattern matches none of the declared event types, and so would never do anything.
   *
   * What to do. Correct the pattern, or declare the event type.
   */
  BUS_PATTERN_UNMATCHED: (pattern: string, place: string) =>
    `The pattern "${pattern}" of ${place} matches no declared event type.`,

  /**
   * Something in `sinks` or `sources` is no plugin, or a plugin's definition lacks something or has it wrong.
   *
   * What to do. Pass what the plugin's factory returns: `webhookSink({...})`, not `webhookSink`. The message names the
   * place.
   */
  BUS_PLUGIN_INVALID: (place: string, detail: string) => `${place} ${detail}.`,

  /**
   * A query for deliveries has a field or value it cannot have, or a cursor that no earlier page gave.
   *
   * What to do. The message names it. Pass the cursor of the last page unchanged, with the same query.
   */
  BUS_QUERY_INVALID: (detail: string) => `The query is not valid: ${detail}.`,

  /**
   * The `where` or `map` of a route threw while an event was published. Nothing was recorded.
   *
   * What to do. Read the `cause`, and mend the function. It must cope with every event its pattern matches.
   */
  BUS_ROUTE_FAILED: (place: string, event: string) =>
    `${place} threw on ${event}: see the cause. Nothing was published.`,

  /**
   * A route lacks something, has it wrong, or sends a sink an event that it does not accept without a `map`.
   *
   * What to do. The message names the route and what is wrong with it.
   */
  BUS_ROUTE_INVALID: (place: string, detail: string) => `${place}: ${detail}.`,

  /**
   * A signing secret is missing, too short or not written as it must be. The message never shows the secret.
   *
   * What to do. Set a secret of the form the message asks for.
   */
  BUS_SECRET_INVALID: (detail: string) => `The signing secret is not valid: ${detail}.`,

  /**
   * A signature does not verify: it is absent, malformed, too old, or made with another secret or of other bytes.
   *
   * What to do. Refuse the request. If it should have verified, check that the body is the raw bytes received and that
   * the clocks agree.
   */
  BUS_SIGNATURE_INVALID: (detail: string) => `The signature is not valid: ${detail}.`,

  /**
   * A sink threw instead of returning outcomes. The whole batch is retried.
   *
   * What to do. Read the `cause`. A sink that reports failures of its target returns `retry(reason)`; a throw means a
   * fault of the sink itself.
   */
  BUS_SINK_FAILED: (sink: string) => `Sink "${sink}" threw: see the cause. Its deliveries are retried.`,

  /**
   * A route or a call names a sink that the bus does not have.
   *
   * What to do. Use one of the names in `sinks`.
   */
  BUS_SINK_UNKNOWN: (sink: string, place: string) =>
    `${place} names the sink "${sink}", which is not among the bus's sinks.`,

  /**
   * The store, a sink or a source did not start. What had started was stopped again, in reverse order.
   *
   * What to do. Read the `cause`, mend it, and make the bus again.
   */
  BUS_START_FAILED: (what: string) => `${what} did not start: see the cause. What had started was stopped again.`,

  /**
   * `start()` was called on a bus that is running, stopping or stopped. A bus starts once.
   *
   * What to do. Call `start()` in one place. To start again after `stop()`, make another bus with `createBus()`, on the
   * same store.
   */
  BUS_START_REPEATED: (state: string) =>
    `start() was called on a bus that is ${state}: a bus starts once, make another with createBus().`,

  /**
   * The store holds deliveries for a sink that this bus does not have: it was removed or renamed while work was left.
   * They are kept, and not sent.
   *
   * What to do. Bring the sink back under its old name, or discard them with `bus.deliveries.discard({ sink })`.
   */
  BUS_STATE_UNKNOWN: (id: string) => `The store holds work for the sink "${id}", which this bus does not have.`,

  /**
   * The bus stopped, but a plugin or the store threw or took too long in its `stop` or `close`.
   *
   * What to do. Read the `cause`. What was not settled is taken up at the next start, if the store is durable.
   */
  BUS_STOP_FAILED: (what: string) => `The bus stopped, but ${what} did not end cleanly: see the cause.`,

  /**
   * An operation of a store was called before `open()` or after `close()`.
   *
   * What to do. Only those who call a store themselves see it: open it first.
   */
  BUS_STORE_CLOSED: (operation: string) =>
    `The store is not open: ${operation} was called before open() or after close().`,

  /**
   * The file of the store is damaged, or is no SQLite file. What was asked for was not done.
   *
   * What to do. Stop the bus. Put a backup in the file's place and take its `-wal` and `-shm` files away, or recover
   * what can be read with `.recover` of the `sqlite3` shell. Then find the cause: a copy made while the file was in
   * use, a disk that loses writes, a network file system.
   */
  BUS_STORE_CORRUPT: (place: string, operation: string) =>
    `${place} is damaged, or no SQLite file (${operation}): put a backup in its place, or recover what it holds with sqlite3's .recover.`,

  /**
   * The store failed. From `publish`, it means that the event was not recorded. When reported in the background, the
   * engine tries again, and deliveries may repeat.
   *
   * What to do. Read the `cause`: a full disk, a lost connection, a damaged file.
   */
  BUS_STORE_FAILED: (operation: string) => `The store failed at ${operation}: see the cause.`,

  /**
   * The file of the store cannot grow: its disk is full, or a limit is reached. From `publish`, it means that the event
   * was not recorded.
   *
   * What to do. Make room. The bus goes on by itself: deliveries that could not be settled are settled when there is
   * room, and publish succeeds again. Lower `retention` if the file is what fills the disk.
   */
  BUS_STORE_FULL: (place: string, operation: string) =>
    `${place} cannot grow (${operation}): make room on its disk, or raise its limit. Nothing was recorded.`,

  /**
   * Another connection kept the file of the store locked for longer than the store waits, or the host kept a
   * transaction open for as long. What was asked for was not done.
   *
   * What to do. Find who holds the lock: a forgotten transaction, a tool that has the file open, a backup. Keep your
   * own transactions short.
   */
  BUS_STORE_LOCKED: (place: string, operation: string) =>
    `${place} was locked by another connection for too long (${operation}): find the transaction that is left open.`,

  /**
   * The file of the store, one of those beside it (`-wal`, `-shm`) or its directory cannot be opened or written.
   *
   * What to do. Give the process the right to write both. A connection of your own must not be opened as read-only.
   */
  BUS_STORE_READONLY: (place: string, operation: string) =>
    `${place} cannot be opened or written (${operation}): give this process the right to write it, the -wal and -shm files beside it and their directory.`,

  /**
   * A newer version of the store has used this file. Nothing was changed.
   *
   * What to do. Install that version again, or put back the backup made before the upgrade.
   */
  BUS_STORE_SCHEMA_NEWER: (place: string, version: number, known: number) =>
    `${place} has the schema version ${version}, and this version of the store knows ${known}: install the newer one again.`,

  /**
   * A call on a Teleflow sink, such as `bus.sinks.notify.trigger()`, got an answer other than success. The message
   * holds the status and the service's words.
   *
   * What to do. 3xx and 401 to 404: mend the sink's `url` and `apiKey`. 408, 409, 429 and 5xx: call again later, with
   * the same `transactionId`. 400 and 422, of a cancellation: mend what was sent.
   */
  BUS_TELEFLOW_REFUSED: (call: string, status: number, words: string) =>
    `Teleflow refused the ${call} with ${status}${words === "" ? "" : `: ${words}`}.`,

  /**
   * Something took longer than its limit. The work was told to end by its signal. A delivery that times out is retried.
   *
   * What to do. Mend what is slow, or raise the limit that the message names.
   */
  BUS_TIMEOUT: (what: string, ms: number) => `${what} took longer than ${ms} ms.`,

  /**
   * An event was published within a transaction of the host, on the host's own connection, and the host rolled it back.
   * The event is not recorded, as it should be.
   *
   * What to do. Nothing, if the rollback was meant. Handle the rejection together with what made the transaction fail.
   */
  BUS_TRANSACTION_ROLLED_BACK: (events: number) =>
    `The host rolled back the transaction in which ${events} event(s) were published: nothing was recorded.`,

  /**
   * A URL is not absolute, not http or https, has no host, or carries credentials. The message never shows its path or
   * query.
   *
   * What to do. Write an absolute http or https URL; send credentials in a header.
   */
  BUS_URL_INVALID: (detail: string) => `The URL is not valid: ${detail}.`,

  /**
   * A webhook was to be created, changed or given another secret with something that is not right: its URL is none or
   * another webhook of the account has it, its subscriptions are none of the events, a setting is unknown or out of
   * bounds. Nothing was changed. The error's `cause` is a `ZodError` with an issue for each field.
   *
   * What to do. Mend the fields the message names, or show its issues to whoever filled them in.
   */
  BUS_WEBHOOK_INVALID: (detail: string) => `The webhook is not valid: ${detail}.`,

  /**
   * No registered webhook has this id: it was removed, or never there. So is one whose record in the state cannot be
   * read; the log names it when the sink reads it.
   *
   * What to do. Look its id up with `webhooks.list()` of the sink. An endpoint of the options is changed there.
   */
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
