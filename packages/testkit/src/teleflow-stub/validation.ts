import { isNothing, isObject } from "./parse-request.ts";
import type { TeleflowStubTrigger } from "./teleflow-stub.ts";

/** The service's own words for what is wrong with a body; none if it is fit. The messages of one field come together, in the order of the fields. */
export type Faults = readonly string[];

const MAX_EVENTS = 100;

/** Of a single trigger. What is in `to` is not looked at. */
export function faultsOfTrigger(body: unknown): Faults {
  const { name, payload, overrides, to, transactionId, actor, tenant } = fieldsOf(body);
  return [
    ...stringFaults("name", name),
    ...optional(payload, () => objectFaults("payload", payload)),
    ...optional(overrides, () => objectFaults("overrides", overrides)),
    ...presenceFaults("to", to),
    ...optional(transactionId, () => textFaults("transactionId", transactionId)),
    ...contextFaults(actor, tenant),
  ];
}

/** Of a broadcast, which must have a payload. */
export function faultsOfBroadcast(body: unknown): Faults {
  const { name, payload, overrides, transactionId, actor, tenant } = fieldsOf(body);
  return [
    ...stringFaults("name", name),
    ...objectFaults("payload", payload),
    ...optional(overrides, () => objectFaults("overrides", overrides)),
    ...optional(transactionId, () => textFaults("transactionId", transactionId)),
    ...contextFaults(actor, tenant),
  ];
}

/** Of the list alone: what is wrong with one trigger of a bulk is told in its result. */
export function faultsOfBulk(body: unknown): Faults {
  const { events } = fieldsOf(body);
  const length = Array.isArray(events) ? events.length : undefined;
  return [
    ...(length === undefined || length > MAX_EVENTS ? [`events must contain no more than ${MAX_EVENTS} elements`] : []),
    ...(length === undefined || length === 0 ? ["events should not be empty"] : []),
    ...(length === undefined ? ["events must be an array"] : []),
  ];
}

/** Of one trigger of a bulk, which is checked less, and later, than a single one: its payload must be there, of whatever kind. */
export function faultsOfEvent({ name, payload, transactionId, actor, tenant, to }: TeleflowStubTrigger): Faults {
  const isFit =
    typeof name === "string" &&
    !isNothing(payload) &&
    !isNothing(to) &&
    (isNothing(transactionId) || typeof transactionId === "string") &&
    isContext(actor) &&
    isContext(tenant);
  if (isFit) return NONE;
  return [
    ...stringFaults("identifier", name),
    ...presenceFaults("payload", payload),
    ...optional(transactionId, () => textFaults("transactionId", transactionId)),
    ...nestedFaults("actor", actor),
    ...nestedFaults("tenant", tenant),
    ...presenceFaults("to", to),
  ];
}

const NONE: Faults = [];

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return isObject(body) ? body : {};
}

function optional(value: unknown, faults: () => Faults): Faults {
  return isNothing(value) ? NONE : faults();
}

function presenceFaults(field: string, value: unknown): Faults {
  return isNothing(value) ? [`${field} should not be null or undefined`] : NONE;
}

function textFaults(field: string, value: unknown): Faults {
  return typeof value === "string" ? NONE : [`${field} must be a string`];
}

function stringFaults(field: string, value: unknown): Faults {
  return [...presenceFaults(field, value), ...textFaults(field, value)];
}

function objectFaults(field: string, value: unknown): Faults {
  return isObject(value) ? NONE : [`${field} must be an object`];
}

function contextFaults(actor: unknown, tenant: unknown): Faults {
  return [
    ...nestedFaults("actor", actor),
    ...(isObject(actor) ? stringFaults("actor.subscriberId", actor["subscriberId"]) : NONE),
    ...nestedFaults("tenant", tenant),
    ...(isObject(tenant)
      ? optional(tenant["identifier"], () => textFaults("tenant.identifier", tenant["identifier"]))
      : NONE),
  ];
}

function nestedFaults(field: string, value: unknown): Faults {
  return isContext(value) ? NONE : [`nested property ${field} must be either object or array`];
}

/** A subscriber or a tenant: its id, or an object. */
function isContext(value: unknown): boolean {
  return isNothing(value) || typeof value === "string" || typeof value === "object";
}
