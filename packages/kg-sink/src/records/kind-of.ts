import { kgEvents } from "../events/kg-events.ts";
import type { KgKind } from "./kg-record.ts";

/** The kind of record that an event type becomes: its subject, as the graph spells it. */
export type KindOf<Type extends string> = Type extends `${infer Subject}.${string}` ? Capitalize<Subject> : never;

const KINDS: ReadonlyMap<string, KgKind> = new Map(
  Object.keys(kgEvents).map((type) => [
    type,
    (type.charAt(0).toUpperCase() + type.slice(1, type.indexOf("."))) as KgKind,
  ]),
);

/** The same at run time; undefined for a type that is none of `kgEvents`. */
export function kindOf(type: string): KgKind | undefined {
  return KINDS.get(type);
}
