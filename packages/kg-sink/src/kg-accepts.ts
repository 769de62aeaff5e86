import type { BusEvent } from "@bus/core";
import { z } from "zod";
import { kgEvents } from "./events/kg-events.ts";
import { kindOf, type KindOf } from "./records/kind-of.ts";
import type { KgRecordMappers } from "./records/record-mappers.ts";

type KgEvents = typeof kgEvents;

/** The data that a mapper takes; never where there is none. */
type MappedData<R, Kind extends string> = Kind extends keyof R
  ? R[Kind] extends (event: infer Event extends BusEvent) => unknown
    ? Event["data"]
    : never
  : never;

/** What the sink takes without a map of the route's: `kgEvents`, and where the host has a mapper the events that this takes. */
export type KgAccepts<R extends KgRecordMappers> = {
  readonly [Type in keyof KgEvents]: [MappedData<R, KindOf<Type>>] extends [never]
    ? KgEvents[Type]
    : z.ZodType<MappedData<R, KindOf<Type>>, MappedData<R, KindOf<Type>>>;
};

const anything = z.unknown();

/** The same at run time. @param records as given: not checked yet */
export function acceptsOf(records: unknown): Readonly<Record<string, z.ZodType>> {
  const mapped = new Set<string | undefined>(
    typeof records === "object" && records !== null ? Object.keys(records) : [],
  );
  return Object.fromEntries(
    Object.entries(kgEvents).map(([type, schema]) => [type, mapped.has(kindOf(type)) ? anything : schema]),
  );
}
