import { isPromise } from "node:util/types";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Backlog } from "./backlog.ts";
import { currentCause } from "./causation.ts";
import type { Clock } from "./clock.ts";
import type { Place } from "./delivery/lane-targets.ts";
import { BusError } from "./errors.ts";
import type { BusEvent, PublishOptions } from "./event.ts";
import { eventIds } from "./event-id.ts";
import type { EventSchemas } from "./event-types.ts";
import { isTooDeep, MAX_JSON_DEPTH } from "./json-depth.ts";
import { sinkSchema, type PlannedRoute, type RoutePlan } from "./route-plan.ts";
import { check } from "./schema-check.ts";
import type { PublishEntry } from "./source.ts";
import type { AppendEntry, NewDelivery } from "./store/store.ts";

export interface EventPublisherOptions {
  readonly source: string;
  readonly events: EventSchemas;
  readonly isValidating: boolean;
  readonly plan: RoutePlan;
  readonly backlog: Backlog;
  readonly keepsUnrouted: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where the deliveries to the sink begin of an event that goes there as one of `type`. */
  places(sink: string, type: string, event: BusEvent): readonly Place[];
  /** The events are stored: listeners and lanes may have them. */
  published(events: readonly BusEvent[], entries: readonly AppendEntry[]): void;
}

/** An event as it was given. */
interface Given {
  /** The call, for messages. */
  readonly place: string;
  /** The event, for messages. */
  readonly label: string;
  readonly type: string;
  readonly data: unknown;
  readonly options: PublishOptions | undefined;
}

/** What a route owes of an event; a promise where a schema is asynchronous. */
type Owed = readonly NewDelivery[] | Promise<readonly NewDelivery[]>;

/** An event ready to be stored, if anybody is to keep it. */
interface Prepared {
  readonly event: BusEvent;
  readonly entry: AppendEntry | undefined;
}

/** What an id may look like: sinks send it as a header. */
const ID = /^[\x21-\x7e]{1,255}$/;
const ATTRIBUTES = new Set(["subject", "key", "tenant", "correlationid", "causationid", "traceparent"]);
/** CloudEvents allows no control characters in attributes. */
const TEXT = /^[^\u0000-\u001f\u007f-\u009f]+$/;

/** From a host's data to a stored event: check, envelope, route, snapshot, append. */
export class EventPublisher {
  readonly #options: EventPublisherOptions;
  readonly #newId: (now: number) => string;
  #lastNow = Number.NaN;
  #lastTime = "";

  constructor(options: EventPublisherOptions) {
    this.#options = options;
    this.#newId = eventIds(options.random);
  }

  async publish(type: string, data: unknown, options?: PublishOptions): Promise<BusEvent> {
    const pending = this.#prepare({ type, data, place: "publish()", label: `"${String(type)}"`, options });
    const prepared = isPromise(pending) ? await pending : pending;
    if (prepared.entry) await this.#append([prepared]);
    else {
      this.#options.backlog.assertOpen();
      this.#options.published([prepared.event], []);
    }
    return prepared.event;
  }

  async publishMany(entries: readonly PublishEntry[]): Promise<readonly BusEvent[]> {
    if (!Array.isArray(entries)) throw new BusError("BUS_OPTION_INVALID", ["publishMany()", "it takes a list"]);
    // Each in a promise of its own, so that none is left alone when another throws.
    const prepared = await Promise.all(
      Array.from(entries, async (entry, index) => {
        const place = `Entry ${index} of publishMany()`;
        if (typeof entry !== "object" || entry === null)
          throw new BusError("BUS_OPTION_INVALID", [place, "it must be an object with type and data"]);
        const { type, data, ...options } = entry;
        return this.#prepare({ type, data, place, label: `"${String(type)}" (entry ${index})`, options });
      }),
    );
    await this.#append(prepared);
    return prepared.map(({ event }) => event);
  }

  async #append(prepared: readonly Prepared[]): Promise<void> {
    const { backlog, published } = this.#options;
    const answers = await backlog.append(prepared.flatMap(({ entry }) => entry ?? []));
    const events: BusEvent[] = [];
    const entries: AppendEntry[] = [];
    let kept = 0;
    for (const { event, entry } of prepared) {
      if (entry && answers[kept++] === "duplicate") continue;
      events.push(event);
      if (entry) entries.push(entry);
    }
    published(events, entries);
  }

  /** A promise only where a schema is asynchronous. */
  #prepare({ place, label, type, data, options = {} }: Given): Prepared | Promise<Prepared> {
    const { events, isValidating, plan } = this.#options;
    if (typeof type !== "string") throw new BusError("BUS_OPTION_INVALID", [place, "its event type must be a string"]);
    const routes = plan.get(type);
    if (!routes) throw new BusError("BUS_EVENT_UNKNOWN", [label]);
    const attributes = attributesOf(label, options);
    const event = (value: unknown): Prepared | Promise<Prepared> =>
      this.#route(this.#envelope(type, value, attributes), label, routes, attributes.id !== undefined);
    if (!isValidating) return event(data);
    const fitted = fit(events[type], data, label, "its schema");
    return isPromise(fitted) ? fitted.then(event) : event(fitted);
  }

  #envelope(type: string, data: unknown, attributes: PublishOptions): BusEvent {
    const { source, clock } = this.#options;
    const now = clock.now();
    if (now !== this.#lastNow) {
      this.#lastNow = now;
      this.#lastTime = new Date(now).toISOString();
    }
    const cause = currentCause();
    return {
      id: attributes.id ?? this.#newId(now),
      type,
      source,
      time: this.#lastTime,
      ...(cause && { causationid: cause.id, correlationid: cause.correlationid ?? cause.id }),
      ...(cause?.traceparent !== undefined && { traceparent: cause.traceparent }),
      ...attributes,
      data,
    };
  }

  #route(
    event: BusEvent,
    label: string,
    routes: readonly PlannedRoute[],
    hasOwnId: boolean,
  ): Prepared | Promise<Prepared> {
    const { keepsUnrouted } = this.#options;
    if (routes.length === 0 && !keepsUnrouted && !hasOwnId) return { event, entry: undefined };
    const data = serialized(label, event.data);
    const deliveries = this.#deliveries(routes, event, label);
    const prepared = (made: readonly (readonly NewDelivery[])[]): Prepared => {
      const owed = eachOnce(made);
      const isKept = owed.length > 0 || keepsUnrouted || hasOwnId;
      return { event, entry: isKept ? { event: { ...event, data }, deliveries: owed } : undefined };
    };
    return deliveries.some((delivery) => isPromise(delivery))
      ? Promise.all(deliveries).then(prepared)
      : prepared(deliveries as readonly (readonly NewDelivery[])[]);
  }

  /** Of several that fail one is told of; the others must not be left unhandled. */
  #deliveries(routes: readonly PlannedRoute[], event: BusEvent, label: string): readonly Owed[] {
    const deliveries: Owed[] = [];
    try {
      for (const route of routes) deliveries.push(this.#owed(route, event, label));
      return deliveries;
    } catch (error) {
      for (const delivery of deliveries) ignoreRejection(delivery);
      throw error;
    }
  }

  #owed(route: PlannedRoute, event: BusEvent, label: string): Owed {
    const { clock, events, isValidating, places } = this.#options;
    const { sink, accepts } = route;
    const routed = applied(route, event, label);
    if (!routed) return [];
    const deliveries = (data: unknown): readonly NewDelivery[] => {
      const isMapped = routed.type !== event.type || data !== event.data;
      const mapped = isMapped ? { type: routed.type, data: serialized(label, data) } : undefined;
      return places(sink, routed.type, event).map(({ destination, orderKey, idSuffix }) => ({
        id: idSuffix === undefined ? this.#newId(clock.now()) : event.id + idSuffix,
        sink,
        destination,
        orderKey,
        ...(mapped && { mapped }),
      }));
    };
    if (accepts && !Object.hasOwn(accepts, routed.type)) {
      throw new BusError("BUS_EVENT_INVALID", [label, `sink "${sink}"`, `it does not accept "${routed.type}"`]);
    }
    const published = routed === event ? events[event.type] : undefined;
    const schema = isValidating ? sinkSchema(route, routed.type, published) : undefined;
    if (!schema) return deliveries(routed.data);
    const fitted = fit(schema, routed.data, label, `sink "${sink}"`);
    return isPromise(fitted) ? fitted.then(deliveries) : deliveries(fitted);
  }
}

/** What several routes lead to one fixed destination is owed there once. */
function eachOnce(made: readonly (readonly NewDelivery[])[]): readonly NewDelivery[] {
  const [only = []] = made;
  if (made.length <= 1) return only;
  const ids = new Set<string>();
  return made.flat().filter(({ id }) => {
    const isNew = !ids.has(id);
    ids.add(id);
    return isNew;
  });
}

/** What the route makes of the event; undefined when its filter leaves it out. */
function applied({ place, where, map }: PlannedRoute, event: BusEvent, label: string): Routed | undefined {
  let step = "where";
  let routed: Routed = event;
  try {
    const isWanted = where ? atOnce(where(event)) : true;
    if (!isWanted) return undefined;
    step = "map";
    if (map) routed = atOnce(map(event));
    if (typeof routed?.type !== "string") throw new TypeError("It returned no { type, data }.");
    return routed;
  } catch (cause) {
    throw new BusError("BUS_ROUTE_FAILED", [`The ${step} of ${place}`, label], { cause });
  }
}

/** A route decides while `publish` waits for nobody. */
function atOnce<T>(value: T): T {
  if (!isPromise(value)) return value;
  ignoreRejection(value);
  throw new TypeError("It returned a promise: where and map answer at once.");
}

function ignoreRejection(value: unknown): void {
  if (isPromise(value)) value.catch(() => undefined);
}

type Routed = Pick<BusEvent, "type" | "data">;

function fit(schema: StandardSchemaV1 | undefined, data: unknown, label: string, place: string): unknown {
  if (!schema) return data;
  const checked = check(schema, data);
  const value = (result: Awaited<typeof checked>): unknown => {
    if (!result.isValid)
      throw new BusError("BUS_EVENT_INVALID", [label, place, result.detail], { cause: result.cause });
    return result.value;
  };
  return isPromise(checked) ? checked.then(value) : value(checked);
}

function serialized(label: string, data: unknown): string {
  try {
    const json = JSON.stringify(data ?? null) ?? "null";
    if (isTooDeep(json)) throw new RangeError(`It is nested more than ${MAX_JSON_DEPTH} levels deep.`);
    return json;
  } catch (cause) {
    throw new BusError("BUS_EVENT_UNSERIALIZABLE", [label], { cause });
  }
}

/** The options, checked. */
function attributesOf(label: string, options: PublishOptions): PublishOptions {
  const refuse = (detail: string): never => {
    throw new BusError("BUS_OPTION_INVALID", [`Publishing ${label}`, detail]);
  };
  if (typeof options !== "object" || options === null || Array.isArray(options))
    refuse("its options must be an object, such as { key }");
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === "id") {
      if (typeof value !== "string" || !ID.test(value)) refuse("id must be 1 to 255 visible ASCII characters");
    } else if (!ATTRIBUTES.has(name)) refuse(`there is no option "${name}"`);
    else if (typeof value !== "string" || !TEXT.test(value))
      refuse(`${name} must be a non-empty string without control characters`);
    attributes[name] = value;
  }
  return attributes;
}
