import type { StandardSchemaV1 } from "@standard-schema/spec";
import { BusError } from "./errors.ts";
import { isEventType } from "./pattern.ts";
import { check, isSchema } from "./schema-check.ts";
import type { DeliveryPolicy } from "./sink.ts";

/** A definition as it comes, for JavaScript authors. */
interface GivenDefinition {
  readonly name: string;
  readonly options: unknown;
  readonly accepts?: unknown;
  readonly deps?: unknown;
  readonly defaults?: unknown;
  readonly policy?: unknown;
  readonly create?: unknown;
  readonly useClass?: unknown;
}

/** @throws {BusError} BUS_PLUGIN_INVALID for what the types of defineSink and defineSource refuse at compile time. */
export function checkDefinition(definer: string, definition: GivenDefinition): void {
  const refuse = (detail: string): never => {
    throw new BusError("BUS_PLUGIN_INVALID", [`${definer}()`, detail]);
  };
  if (!isRecord(definition)) return refuse("takes an object");
  const { name, options, accepts = {}, deps = {}, defaults = {}, policy, create, useClass } = definition;
  if (typeof name !== "string" || name === "") refuse("needs a name");
  if (!isSchema(options)) refuse(`needs a Standard Schema as the options of "${name}"`);
  if (!isRecord(accepts) || !Object.values(accepts).every(isSchema))
    return refuse(`needs a Standard Schema for each type "${name}" accepts`);
  const misnamed = Object.keys(accepts).find((type) => !isEventType(type));
  if (misnamed !== undefined) throw new BusError("BUS_EVENT_TYPE_INVALID", [misnamed]);
  if (!isRecord(deps) || !Object.values(deps).every((token) => typeof token === "string" && token !== ""))
    return refuse(`needs a token for each of the deps of "${name}"`);
  const isDefault = ([key, make]: readonly [string, unknown]): boolean =>
    Object.hasOwn(deps, key) && typeof make === "function";
  if (!isRecord(defaults) || !Object.entries(defaults).every(isDefault))
    refuse(`needs defaults of "${name}" that are functions, named like its deps`);
  if (policy !== undefined && typeof policy !== "function" && !isRecord(policy))
    refuse(`needs an object or a function as the policy of "${name}"`);
  if ((typeof create === "function") === (typeof useClass === "function"))
    refuse(`needs either create or useClass for "${name}"`);
}

/** @throws {BusError} BUS_OPTION_INVALID */
export function parseOptions<Schema extends StandardSchemaV1>(
  place: string,
  schema: Schema,
  raw: unknown,
): StandardSchemaV1.InferOutput<Schema> {
  const checked = check(schema, raw);
  if (checked instanceof Promise) throw new BusError("BUS_PLUGIN_INVALID", [place, "have an asynchronous schema"]);
  if (!checked.isValid) throw new BusError("BUS_OPTION_INVALID", [place, checked.detail], { cause: checked.cause });
  return checked.value;
}

/** The plugin, frozen. Its options may hold secrets, so whoever prints it does not print them. */
export function pluginWith(options: unknown, parts: object): object {
  return Object.freeze(Object.defineProperty({ ...parts }, "options", { value: options }));
}

const POLICY_FIELDS = new Set(["ordering", "concurrency", "prefetch", "rate", "timeoutMs", "retry"]);

/** The host's policy over the author's, field by field; their values are checked when the bus is made. @throws {BusError} BUS_OPTION_INVALID */
export function mergePolicies(place: string, ...layers: readonly DeliveryPolicy[]): DeliveryPolicy {
  const merged = layers.flatMap((layer) => {
    if (!isRecord(layer)) throw new BusError("BUS_OPTION_INVALID", [place, "it must be an object"]);
    return Object.entries(layer).filter(([, value]) => value !== undefined);
  });
  const unknown = merged.find(([field]) => !POLICY_FIELDS.has(field));
  if (unknown) throw new BusError("BUS_OPTION_INVALID", [place, `it has no field "${unknown[0]}"`]);
  return Object.fromEntries(merged);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
