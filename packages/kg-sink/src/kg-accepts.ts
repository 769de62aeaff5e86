import type { BusEvent } from "@bus/core";
import { z } from "zod";
import { kgEvents } from "./events/kg-events.ts";
import type { KgRecordMappers } from "./records/record-mappers.ts";

type KgEvents = typeof kgEvents;

/** The kind of record that an event type becomes. */
type KindOf<Type extends string> = Type extends `${infer Subject}.${string}` ? Capitalize<Subject> : never;

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
  const mapped = new Set(typeof records === "object" && records !== null ? Object.keys(records) : []);
  return Object.fromEntries(
    Object.entries(kgEvents).map(([type, schema]) => [type, mapped.has(kindOf(type)) ? anything : schema]),
  );
}

function kindOf(type: string): string {
  return type.slice(0, 1).toUpperCase() + type.slice(1, type.indexOf("."));
}
