import { isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { BusError } from "@bus/core";
import type { AddressGuard } from "./address-guard.ts";
import type { ResolvedAddress, ResolveHost } from "./resolve-host.ts";
import { codeOf } from "./transport-error.ts";

/**
 * Opens a socket to `host` through `open`, which is Node's own way to connect, and sees to it that it leads where the guard allows.
 *
 * A name is resolved once per socket, and the socket connects to the addresses that were checked: there is no second look-up that could
 * answer otherwise. A literal address never reaches the look-up, so it is checked before. The address at the other end is checked
 * last, before the first byte is written.
 *
 * @returns the socket, or why none was opened
 */
export function connectGuarded<Socket extends Duplex | null | undefined>(
  host: string,
  guard: AddressGuard,
  resolve: ResolveHost,
  open: (lookup: LookupFunction) => Socket,
): Socket | BusError {
  const refusal = isIP(host) === 0 ? undefined : guard.refusal(host, host);
  if (refusal) return refusal;

  const gone = new AbortController();
  const socket = open(checkedLookup(guard, resolve, gone.signal));
  socket?.once("close", () => gone.abort());
  // First of all listeners: the one of a TLS socket sends its hello.
  socket?.prependOnceListener("connect", () => {
    const address = "remoteAddress" in socket ? String(socket.remoteAddress) : "nowhere";
    const late = guard.refusal(host, address);
    if (late) socket.destroy(late);
  });
  return socket;
}

function checkedLookup(guard: AddressGuard, resolve: ResolveHost, signal: AbortSignal): LookupFunction {
  return (host, { all }, done) => {
    resolveChecked(host, guard, resolve, signal).then(
      (addresses) => (all ? done(null, addresses) : done(null, addresses[0]?.address ?? "", addresses[0]?.family)),
      (error: Error) => done(error, ""),
    );
  };
}

/** Every address must pass: an answer that mixes public and private ones is an attack, or a mistake that some sockets would run into. */
async function resolveChecked(
  host: string,
  guard: AddressGuard,
  resolve: ResolveHost,
  signal: AbortSignal,
): Promise<ResolvedAddress[]> {
  const found = await resolve(host, signal).catch((cause: unknown) => {
    throw new BusError("BUS_HTTP_FAILED", [host, `the name look-up${codeOf(cause)}`], { cause });
  });
  if (found.length === 0) throw new BusError("BUS_HTTP_FAILED", [host, "the name look-up, which found no address"]);
  for (const { address } of found) {
    const refusal = guard.refusal(host, address);
    if (refusal) throw refusal;
  }
  return [...found];
}
