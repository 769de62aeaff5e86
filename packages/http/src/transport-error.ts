import { BusError } from "@bus/core";

/** Where the parsers of Node and undici put what they could not read: a receiver may send back the request's own secrets. */
const RECEIVED = ["rawPacket", "data"];

/**
 * Turns a failure of an HTTP library into one of ours. got's own error carries the whole request, signatures included, so it is left
 * behind: only what lies at the bottom of it is kept.
 */
export function transportError(error: unknown, url: URL): BusError {
  const cause = bottomOf(error);
  if (cause instanceof Error) for (const name of RECEIVED) Reflect.deleteProperty(cause, name);
  return BusError.is(cause) ? cause : new BusError("BUS_HTTP_FAILED", [url.origin, stageOf(cause)], { cause });
}

function bottomOf(error: unknown): unknown {
  let bottom = error;
  while (bottom instanceof Error && bottom.cause !== undefined && !BusError.is(bottom)) bottom = bottom.cause;
  return bottom;
}

function stageOf(cause: unknown): string {
  // Node tries the addresses of a name in turn, and gathers the failures.
  const isConnect =
    cause instanceof AggregateError || (cause instanceof Error && "syscall" in cause && cause.syscall === "connect");
  return `${isConnect ? "connect" : "the exchange"}${codeOf(cause)}`;
}

/** " (ECONNRESET)", where there is a code. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}
