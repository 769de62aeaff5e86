import type { StandardSchemaV1 } from "@standard-schema/spec";
import { BusError } from "./errors.ts";
import type { BusEvent } from "./event.ts";
import type { EventSchemas } from "./event-types.ts";
import type { Sinks } from "./host-types.ts";
import { compilePattern } from "./pattern.ts";

/** A route as the plan sees it, its types checked where it was written. */
export interface AnyRoute {
  readonly on: string | readonly string[];
  readonly to: string;
  readonly where?: PlannedRoute["where"];
  readonly map?: PlannedRoute["map"];
}

/** One way an event type takes to a sink. */
export interface PlannedRoute {
  /** For messages: `Route 2`. */
  readonly place: string;
  readonly sink: string;
  readonly where?: ((event: BusEvent) => boolean) | undefined;
  readonly map?: ((event: BusEvent) => { readonly type: string; readonly data: unknown }) | undefined;
  /** What the sink accepts; undefined: everything. */
  readonly accepts: EventSchemas | undefined;
}

const FIELDS = new Set(["on", "to", "where", "map"]);

/** Event type → the routes it takes: publish does one look-up. */
export type RoutePlan = ReadonlyMap<string, readonly PlannedRoute[]>;

/**
 * Compiles the routes against the declared types, checking what the compiler checks for TypeScript hosts.
 *
 * @throws {BusError} BUS_ROUTE_INVALID, BUS_SINK_UNKNOWN, BUS_PATTERN_INVALID or BUS_PATTERN_UNMATCHED
 */
export function planRoutes(events: EventSchemas, sinks: Sinks, routes: readonly AnyRoute[] | undefined): RoutePlan {
  const plan = new Map<string, PlannedRoute[]>(Object.keys(events).map((type) => [type, []]));
  if (routes === undefined) {
    for (const [sink, { accepts }] of Object.entries(sinks)) {
      const place = `Sink "${sink}"`;
      for (const type of plan.keys())
        if (!accepts || Object.hasOwn(accepts, type)) plan.get(type)?.push({ place, sink, accepts });
    }
    return plan;
  }
  routes.forEach((route, index) => {
    const place = `Route ${index}`;
    const planned = checkedRoute(place, route, sinks);
    for (const type of typesMatching(place, route.on, [...plan.keys()])) {
      if (planned.accepts && !planned.map && !Object.hasOwn(planned.accepts, type)) {
        const detail = `sink "${planned.sink}" does not accept "${type}" as it is; give the route a map`;
        throw new BusError("BUS_ROUTE_INVALID", [place, detail]);
      }
      plan.get(type)?.push(planned);
    }
  });
  return plan;
}

/** The declared types that any of the patterns matches. Each pattern must match one. */
export function typesMatching(
  place: string,
  patterns: string | readonly string[],
  types: readonly string[],
): Set<string> {
  const list: unknown = typeof patterns === "string" ? [patterns] : patterns;
  if (!Array.isArray(list) || list.length === 0)
    throw new BusError("BUS_ROUTE_INVALID", [place, "it needs a pattern, or a list of them"]);
  const matching = new Set<string>();
  for (const pattern of list) {
    if (typeof pattern !== "string") throw new BusError("BUS_PATTERN_INVALID", [String(pattern)]);
    const matched = types.filter(compilePattern(pattern));
    if (matched.length === 0) throw new BusError("BUS_PATTERN_UNMATCHED", [pattern, place]);
    for (const type of matched) matching.add(type);
  }
  return matching;
}

function checkedRoute(place: string, route: AnyRoute, sinks: Sinks): PlannedRoute {
  if (typeof route !== "object" || route === null)
    throw new BusError("BUS_ROUTE_INVALID", [place, "a route is an object with on and to"]);
  const unknown = Object.keys(route).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw new BusError("BUS_ROUTE_INVALID", [place, `it has no field "${unknown}"`]);
  const { to, where, map } = route;
  const sink = typeof to === "string" && Object.hasOwn(sinks, to) ? sinks[to] : undefined;
  if (!sink) throw new BusError("BUS_SINK_UNKNOWN", [String(to), place]);
  for (const [name, value] of Object.entries({ where, map }))
    if (value !== undefined && typeof value !== "function")
      throw new BusError("BUS_ROUTE_INVALID", [place, `its ${name} is no function`]);
  return { place, sink: to, where, map, accepts: sink.accepts };
}

/** The schema a routed event must fit, if that is not the one it was published by. */
export function sinkSchema(
  { accepts }: PlannedRoute,
  type: string,
  published: StandardSchemaV1 | undefined,
): StandardSchemaV1 | undefined {
  const schema = accepts && Object.hasOwn(accepts, type) ? accepts[type] : undefined;
  return schema === published ? undefined : schema;
}
