import type { Sinks, Sources } from "./host-types.ts";
import type { RoutePlan } from "./route-plan.ts";

/** The wiring of a bus. Holds names only: no options, which may be secret. `String(inspection)` draws it. */
export interface BusInspection {
  readonly name: string;
  readonly store: string;
  readonly sources: readonly { readonly name: string; readonly plugin: string }[];
  readonly sinks: readonly { readonly name: string; readonly plugin: string }[];
  /** Each event type with the sinks it goes to. */
  readonly events: readonly { readonly type: string; readonly to: readonly RouteInspection[] }[];
  toString(): string;
}

export interface RouteInspection {
  readonly sink: string;
  readonly isFiltered: boolean;
  readonly isMapped: boolean;
}

export function inspectionOf(options: {
  name: string;
  store: string;
  sources: Sources;
  sinks: Sinks;
  plan: RoutePlan;
}): BusInspection {
  const { name, store, sources, sinks, plan } = options;
  const plugins = (named: Sinks | Sources): { name: string; plugin: string }[] =>
    Object.entries(named).map(([key, plugin]) => ({ name: key, plugin: plugin.name }));
  const inspection = {
    name,
    store,
    sources: plugins(sources),
    sinks: plugins(sinks),
    events: [...plan].map(([type, routes]) => ({
      type,
      to: routes.map(({ sink, where, map }) => ({ sink, isFiltered: Boolean(where), isMapped: Boolean(map) })),
    })),
  };
  return Object.defineProperty(inspection, "toString", { value: () => draw(inspection) });
}

function draw({ name, store, sources, events }: BusInspection): string {
  const lines = [`${name} (${store} store)`, ...sources.map((source) => `  ${source.name} (${source.plugin}) ──▶ bus`)];
  for (const { type, to } of events) {
    lines.push(`  ${type}${to.length === 0 ? " (listeners only)" : ""}`);
    for (const { sink, isFiltered, isMapped } of to)
      lines.push(`    ${isFiltered ? "where " : ""}${isMapped ? "map " : ""}──▶ ${sink}`);
  }
  return lines.join("\n");
}
