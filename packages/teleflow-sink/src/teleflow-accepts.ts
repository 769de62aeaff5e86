import type { EventInput, EventOf, EventSchemas, EventType } from "@bus/core";

/** What the sink takes without a map of the route's: the host's events, of the types that have rules. */
export type TeleflowAccepts<E extends EventSchemas, On extends string> = {
  readonly [Type in EventType<E> & On]: EventOf<E, Type>["data"] extends EventInput<E, Type>
    ? E[Type]
    : Taking<EventInput<E, Type> | EventOf<E, Type>["data"]>;
};

/** The schema of an event that has been through it already, and was transformed. */
type Taking<Input> = EventSchemas[string] & {
  readonly "~standard": { readonly types?: { readonly input: Input; readonly output: unknown } | undefined };
};

/** The same at run time, with the host's own schemas: nothing is checked twice. @param options as given: not checked yet */
export function acceptsOf(options: unknown): EventSchemas {
  const { events, rules } = fieldsOf(options);
  const types = new Set(Array.isArray(rules) ? rules.map((rule) => fieldsOf(rule)["on"]) : []);
  return Object.fromEntries(
    Object.entries(fieldsOf(events)).flatMap(([type, schema]) =>
      types.has(type) && isSchema(schema) ? [[type, schema]] : [],
    ),
  );
}

/** Whether a value is a Standard Schema: arktype's are functions. */
export function isSchema(value: unknown): value is EventSchemas[string] {
  const standard = fieldsOf(fieldsOf(value)["~standard"]);
  return typeof standard["validate"] === "function";
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
