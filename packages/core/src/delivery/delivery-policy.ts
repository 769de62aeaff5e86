import { BusError } from "../errors.ts";
import type { BatchBounds, DeliveryPolicy, RetryPolicy } from "../sink.ts";
import { DEFAULT_RETRY } from "./retry-policy.ts";

/** A {@link DeliveryPolicy} with nothing left open. */
export type ResolvedPolicy = Required<Omit<DeliveryPolicy, "rate" | "prefetch">> &
  Pick<DeliveryPolicy, "rate" | "prefetch">;

/** What a timer of Node's can count. */
const LONGEST_PERIOD_MS = 2 ** 31 - 1;

/** @throws {BusError} BUS_OPTION_INVALID naming the sink and the field. */
export function resolvePolicy(place: string, ...layers: readonly DeliveryPolicy[]): ResolvedPolicy {
  const policy: ResolvedPolicy = Object.assign(
    { ordering: "key", concurrency: 4, timeoutMs: 30_000, retry: DEFAULT_RETRY } satisfies DeliveryPolicy,
    ...layers,
  );
  const refuse = (field: string, must: string): never => {
    throw new BusError("BUS_OPTION_INVALID", [place, `${field} must be ${must}`]);
  };
  if (!["key", "none", "lane"].includes(policy.ordering)) refuse("ordering", `"key", "none" or "lane"`);
  if (!isWhole(policy.concurrency, 1)) refuse("concurrency", "a whole number from 1");
  if (policy.prefetch !== undefined && !isWhole(policy.prefetch, 1)) refuse("prefetch", "a whole number from 1");
  if (!isDuration(policy.timeoutMs) || policy.timeoutMs === 0) refuse("timeoutMs", "a number of milliseconds above 0");
  if (policy.rate && !isRate(policy.rate))
    refuse("rate", `{ limit, perMs }, both whole numbers from 1, perMs at most ${LONGEST_PERIOD_MS}`);
  if (!isRetryPolicy(policy.retry)) refuse("retry", "a list of delays in ms, or { baseMs, factor, maxMs, attempts }");
  return policy;
}

/** What a batch may hold, checked. @throws {BusError} BUS_PLUGIN_INVALID */
export function checkBatch(place: string, { maxItems, maxBytes, lingerMs = 0 }: BatchBounds): void {
  const isValid = isWhole(maxItems, 1) && (maxBytes === undefined || isWhole(maxBytes, 1)) && isDuration(lingerMs);
  if (!isValid) throw new BusError("BUS_PLUGIN_INVALID", [place, "has batch bounds that are no whole numbers from 1"]);
}

function isRate({ limit, perMs }: { readonly limit: number; readonly perMs: number }): boolean {
  return isWhole(limit, 1) && isWhole(perMs, 1) && perMs <= LONGEST_PERIOD_MS;
}

function isRetryPolicy(retry: RetryPolicy): boolean {
  if (Array.isArray(retry)) return retry.every(isDuration);
  if (typeof retry !== "object" || retry === null || !("attempts" in retry)) return false;
  return isDuration(retry.baseMs) && retry.factor >= 1 && isDuration(retry.maxMs) && isWhole(retry.attempts, 1);
}

const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
const isDuration = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;
