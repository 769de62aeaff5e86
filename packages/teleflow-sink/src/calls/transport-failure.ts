import { BusError, type BusErrorCode } from "@bus/core";
import { outcomeOfError } from "@bus/http";
import type { Reply } from "./reply.ts";

/** Faults that the transport finds before it sends. */
const REFUSED: readonly BusErrorCode[] = [
  "BUS_ADDRESS_REFUSED",
  "BUS_HEADER_INVALID",
  "BUS_OPTION_INVALID",
  "BUS_URL_INVALID",
];

/** Node's names of what a socket does before it can be written to. */
const BEFORE_SENDING: readonly unknown[] = ["connect", "getaddrinfo", "queryA", "queryAaaa"];

/** What a request that the transport has rejected may have done: in doubt, the service has it. */
export function replyOfError(error: unknown): Reply {
  const outcome = outcomeOfError(error);
  const reason = "reason" in outcome ? outcome.reason : "";
  return isUnsent(error) ? { kind: "unsent", reason, isFree: false } : { kind: "none", reason };
}

function isUnsent(error: unknown): boolean {
  if (BusError.is(error) && REFUSED.includes(error.code)) return true;
  if (!BusError.is(error, "BUS_HTTP_FAILED")) return false;
  const { cause } = error;
  // Node tries the addresses of a name in turn, and gathers the failures.
  if (cause instanceof AggregateError) return true;
  return cause instanceof Error && "syscall" in cause && BEFORE_SENDING.includes(cause.syscall);
}
