import { BusError } from "@bus/core";

/**
 * Turns a failure of got into one of ours. got's own error carries the whole request, signatures included, so it is left behind:
 * only what lies at the bottom of it is kept.
 */
export function transportError(error: unknown, url: URL): BusError {
  const cause = bottomOf(error);
  return BusError.is(cause) ? cause : new BusError("BUS_HTTP_FAILED", [url.origin, stageOf(cause)], { cause });
}

function bottomOf(error: unknown): unknown {
  let bottom = error;
  while (bottom instanceof Error && bottom.cause !== undefined && !BusError.is(bottom)) bottom = bottom.cause;
  return bottom;
}

function stageOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  // Node tries the addresses of a name in turn, and gathers the failures.
  const isConnect =
    cause instanceof AggregateError || (cause instanceof Error && "syscall" in cause && cause.syscall === "connect");
  return `${isConnect ? "connect" : "the exchange"}${code}`;
}
