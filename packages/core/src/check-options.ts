import { BusError } from "./errors.ts";
import { resolvePolicy } from "./delivery/delivery-policy.ts";
import type { CheckedOptions } from "./event-bus.ts";
import type { EventSchemas } from "./event-types.ts";
import type { Sinks, Sources } from "./host-types.ts";
import { isEventType } from "./pattern.ts";
import { planRoutes, type AnyRoute } from "./route-plan.ts";
import { isSchema } from "./schema-check.ts";
import { memoryStore } from "./store/memory-store.ts";
import type { Provider } from "./token.ts";

/** The options as they come: the types of the host are checked where it wrote them, and here again for JavaScript. */
export type GivenOptions = Partial<Omit<CheckedOptions, "plan" | "policies" | "retention">> & {
  readonly routes?: readonly AnyRoute[] | undefined;
  readonly retention?: Partial<CheckedOptions["retention"]>;
};

const DAY_MS = 24 * 60 * 60 * 1000;

const DEFAULTS: Omit<CheckedOptions, "name" | "events" | "plan" | "policies" | "store" | "retention"> = {
  sinks: {},
  sources: {},
  provide: [],
  container: undefined,
  validate: true,
  maxBacklog: 1_000_000,
  onFull: "reject",
  stopTimeoutMs: 10_000,
  concurrency: 1_000,
};

const RETENTION = { ageMs: DAY_MS, bytes: 64 * 1024 * 1024, deadLetterAgeMs: 30 * DAY_MS };
const NAMES = [...Object.keys(DEFAULTS), "name", "events", "routes", "store", "retention"];

/** Letters that need no quoting anywhere: sink names stand in messages, state keys and metrics. */
const PLUGIN_NAME = /^[A-Za-z][\w-]{0,63}$/;
/** The CloudEvents `source`: no control characters. */
const BUS_NAME = /^[^\u0000-\u001f\u007f-\u009f]+$/;

/** @throws {BusError} for every option that is not right; see `createBus`. */
export function checkOptions(given: GivenOptions): CheckedOptions {
  const present = fieldsOf("createBus()", "its options", given, NAMES) as GivenOptions;
  const { routes, retention: bounds = {}, name = "", events = {}, store = memoryStore(), ...rest } = present;
  const options: typeof DEFAULTS = { ...DEFAULTS, ...rest };
  const { sinks, sources, provide, container, validate, onFull } = options;
  const retention = { ...RETENTION, ...fieldsOf("createBus() option retention", "it", bounds, Object.keys(RETENTION)) };
  if (typeof name !== "string" || !BUS_NAME.test(name)) refuse("name", "a non-empty string without control characters");
  checkEvents(events);
  checkPlugins("sinks", sinks, "sink");
  checkPlugins("sources", sources, "source");
  if (routes !== undefined && !Array.isArray(routes)) refuse("routes", "a list");
  if (!hasMethod(store, "append")) refuse("store", "a store, such as memoryStore()");
  if (container !== undefined && !hasMethod(container, "createChildContainer"))
    refuse("container", "a container of tsyringe's");
  checkProviders(provide);
  if (typeof validate !== "boolean") refuse("validate", "true or false");
  if (!["reject", "wait"].includes(onFull)) refuse("onFull", '"reject" or "wait"');
  checkNumbers({
    maxBacklog: options.maxBacklog,
    stopTimeoutMs: options.stopTimeoutMs,
    concurrency: options.concurrency,
    "retention.ageMs": retention.ageMs,
    "retention.bytes": retention.bytes,
    "retention.deadLetterAgeMs": retention.deadLetterAgeMs,
  });
  const policies = new Map(
    Object.entries(sinks).map(([key, { policy }]) => [key, resolvePolicy(`The policy of sink "${key}"`, policy)]),
  );
  const plan = planRoutes(events, sinks, routes);
  return { ...options, name, events, store, retention, policies, plan };
}

function checkEvents(events: EventSchemas): void {
  assertObject("events", events);
  for (const [type, schema] of Object.entries(events)) {
    if (!isEventType(type)) throw new BusError("BUS_EVENT_TYPE_INVALID", [type]);
    if (!isSchema(schema)) refuse(`events["${type}"]`, "a Standard Schema, such as zod's, valibot's or arktype's");
  }
}

function checkPlugins(option: string, plugins: Sinks | Sources, kind: string): void {
  assertObject(option, plugins);
  for (const [key, plugin] of Object.entries(plugins)) {
    if (!PLUGIN_NAME.test(key))
      refuse(option, `named by letters, digits, _ and -, a letter first, at most 64: "${key}" is not`);
    // `make` is what a sink itself, written without its definer, lacks.
    const isPlugin = typeof plugin === "object" && plugin !== null && plugin.kind === kind && "make" in plugin;
    if (!isPlugin) {
      const mend = `is no ${kind}: call the factory that defineS${kind.slice(1)} made`;
      throw new BusError("BUS_PLUGIN_INVALID", [`${option}.${key}`, mend]);
    }
  }
}

function checkProviders(provide: readonly Provider[]): void {
  if (!Array.isArray(provide)) refuse("provide", "a list of provide(token, value)");
  const tokens = new Set<string>();
  for (const [index, provider] of provide.entries()) {
    const place = `provide[${index}]`;
    const token: unknown = provider?.token;
    if (typeof token !== "string" || token === "") return refuse(place, "what provide(token, value) returned");
    if (provider.value === undefined) refuse(place, `a value for "${token}", not undefined`);
    if (tokens.has(token)) refuse(place, `the only value for "${token}": an earlier entry provides it too`);
    tokens.add(token);
  }
}

function checkNumbers(numbers: Readonly<Record<string, unknown>>): void {
  for (const [option, value] of Object.entries(numbers)) {
    const least = option === "concurrency" ? 1 : 0;
    const isRight = typeof value === "number" && value >= least && (Number.isSafeInteger(value) || value === Infinity);
    if (!isRight) refuse(option, `a whole number, not below ${least}`);
  }
}

/** The fields that are there, all of which must be known; one that is undefined is not there. */
function fieldsOf(place: string, what: string, value: unknown, known: readonly string[]): object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BusError("BUS_OPTION_INVALID", [place, `${what} must be an object`]);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const unknown = fields.find(([field]) => !known.includes(field));
  if (unknown) throw new BusError("BUS_OPTION_INVALID", [place, `it has no option "${unknown[0]}"`]);
  return Object.fromEntries(fields);
}

function assertObject(option: string, value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(option, "an object");
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}

function refuse(option: string, must: string): never {
  throw new BusError("BUS_OPTION_INVALID", [`createBus() option ${option}`, `it must be ${must}`]);
}
