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
  /** These are stored: their lanes may have them. */
  stored(entries: readonly AppendEntry[]): void;
  /** Listeners may have it. */
  published(event: BusEvent): void;
}

/** An event as it was given. */
interface Given {
  readonly type: string;
  readonly data: unknown;
  readonly options: PublishOptions | undefined;
  /** Among those of publishMany(). */
  readonly index: number | undefined;
}

/** The call, for messages. */
function placeOf({ index }: Given): string {
  return index === undefined ? "publish()" : `Entry ${index} of publishMany()`;
}

/** The event, for messages. */
function labelOf({ type, index }: Given): string {
  return index === undefined ? `"${type}"` : `"${type}" (entry ${index})`;
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
    const pending = this.#prepare({ type, data, options, index: undefined });
    const prepared = "event" in pending ? pending : await pending;
    if (prepared.entry) await this.#append([prepared]);
    else {
      this.#options.backlog.assertOpen();
      this.#options.published(prepared.event);
    }
    return prepared.event;
  }

  async publishMany(entries: readonly PublishEntry[]): Promise<readonly BusEvent[]> {
    if (!Array.isArray(entries)) throw new BusError("BUS_OPTION_INVALID", ["publishMany()", "it takes a list"]);
    // Each in a promise of its own, so that none is left alone when another throws.
    const prepared = await Promise.all(
      Array.from(entries, async (entry, index) => {
        if (typeof entry !== "object" || entry === null) {
          const place = `Entry ${index} of publishMany()`;
          throw new BusError("BUS_OPTION_INVALID", [place, "it must be an object with type and data"]);
        }
        const { type, data, ...options } = entry;
        return this.#prepare({ type, data, options, index });
      }),
    );
    await this.#append(prepared);
    return prepared.map(({ event }) => event);
  }

  async #append(prepared: readonly Prepared[]): Promise<void> {
    const { backlog, stored, published } = this.#options;
    const answers = await backlog.append(prepared.flatMap(({ entry }) => entry ?? []));
    const events: BusEvent[] = [];
    const entries: AppendEntry[] = [];
    let kept = 0;
    for (const { event, entry } of prepared) {
      if (entry && answers[kept++] === "duplicate") continue;
      events.push(event);
      if (entry) entries.push(entry);
    }
    stored(entries);
    for (const event of events) published(event);
  }

  /** A promise only where a schema is asynchronous. */
  #prepare(given: Given): Prepared | Promise<Prepared> {
    const { events, isValidating, plan } = this.#options;
    const { type, data, options } = given;
    if (typeof type !== "string")
      throw new BusError("BUS_OPTION_INVALID", [placeOf(given), "its event type must be a string"]);
    const routes = plan.get(type);
    if (!routes) throw new BusError("BUS_EVENT_UNKNOWN", [labelOf(given)]);
    const attributes = options === undefined ? undefined : attributesOf(given, options);
    const routed = (value: unknown): Prepared | Promise<Prepared> =>
      this.#route(given, this.#envelope(type, value, attributes), routes, attributes?.id !== undefined);
    if (!isValidating) return routed(data);
    const fitted = fit(events[type], data, given, "its schema");
    return isPromise(fitted) ? fitted.then(routed) : routed(fitted);
  }

  #envelope(type: string, data: unknown, attributes: PublishOptions | undefined): BusEvent {
    const { source, clock } = this.#options;
    const now = clock.now();
    if (now !== this.#lastNow) {
      this.#lastNow = now;
      this.#lastTime = new Date(now).toISOString();
    }
    const time = this.#lastTime;
    const cause = currentCause();
    if (!cause && !attributes) return { id: this.#newId(now), type, source, time, data };
    return {
      id: attributes?.id ?? this.#newId(now),
      type,
      source,
      time,
      ...(cause && { causationid: cause.id, correlationid: cause.correlationid ?? cause.id }),
      ...(cause?.traceparent !== undefined && { traceparent: cause.traceparent }),
      ...attributes,
      data,
    };
  }

  #route(
    given: Given,
    event: BusEvent,
    routes: readonly PlannedRoute[],
    hasOwnId: boolean,
  ): Prepared | Promise<Prepared> {
    const { keepsUnrouted } = this.#options;
    if (routes.length === 0 && !keepsUnrouted && !hasOwnId) return { event, entry: undefined };
    const data = serialized(given, event.data);
    const deliveries = this.#deliveries(given, routes, event);
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
  #deliveries(given: Given, routes: readonly PlannedRoute[], event: BusEvent): readonly Owed[] {
    const deliveries: Owed[] = [];
    try {
      for (const route of routes) deliveries.push(this.#owed(given, route, event));
      return deliveries;
    } catch (error) {
      for (const delivery of deliveries) ignoreRejection(delivery);
      throw error;
    }
  }

  #owed(given: Given, route: PlannedRoute, event: BusEvent): Owed {
    const { clock, events, isValidating, places } = this.#options;
    const { sink, accepts } = route;
    const routed = applied(given, route, event);
    if (!routed) return [];
    const deliveries = (data: unknown): readonly NewDelivery[] => {
      const isMapped = routed.type !== event.type || data !== event.data;
      const mapped = isMapped ? { type: routed.type, data: serialized(given, data) } : undefined;
      return places(sink, routed.type, event).map(({ destination, orderKey, idSuffix }) => ({
        id: idSuffix === undefined ? this.#newId(clock.now()) : event.id + idSuffix,
        sink,
        destination,
        orderKey,
        ...(mapped && { mapped }),
      }));
    };
    if (accepts && !Object.hasOwn(accepts, routed.type)) {
      throw new BusError("BUS_EVENT_INVALID", [
        labelOf(given),
        `sink "${sink}"`,
        `it does not accept "${routed.type}"`,
      ]);
    }
    const published = routed === event ? events[event.type] : undefined;
    const schema = isValidating ? sinkSchema(route, routed.type, published) : undefined;
    if (!schema) return deliveries(routed.data);
    const fitted = fit(schema, routed.data, given, `sink "${sink}"`);
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
function applied(given: Given, { place, where, map }: PlannedRoute, event: BusEvent): Routed | undefined {
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
    throw new BusError("BUS_ROUTE_FAILED", [`The ${step} of ${place}`, labelOf(given)], { cause });
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

function fit(schema: StandardSchemaV1 | undefined, data: unknown, given: Given, place: string): unknown {
  if (!schema) return data;
  const checked = check(schema, data);
  const value = (result: Awaited<typeof checked>): unknown => {
    if (!result.isValid)
      throw new BusError("BUS_EVENT_INVALID", [labelOf(given), place, result.detail], { cause: result.cause });
    return result.value;
  };
  return isPromise(checked) ? checked.then(value) : value(checked);
}

function serialized(given: Given, data: unknown): string {
  try {
    const json = JSON.stringify(data ?? null) ?? "null";
    if (isTooDeep(json)) throw new RangeError(`It is nested more than ${MAX_JSON_DEPTH} levels deep.`);
    return json;
  } catch (cause) {
    throw new BusError("BUS_EVENT_UNSERIALIZABLE", [labelOf(given)], { cause });
  }
}

/** The options, checked. */
function attributesOf(given: Given, options: PublishOptions): PublishOptions {
  const refuse = (detail: string): never => {
    throw new BusError("BUS_OPTION_INVALID", [`Publishing ${labelOf(given)}`, detail]);
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
