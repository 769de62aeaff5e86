import type { ClientRequestArgs } from "node:http";
import { isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { BusError } from "@bus/core";
import type { AddressGuard } from "./address-guard.ts";
import type { ResolvedAddress, ResolveHost } from "./resolve-host.ts";

/** What the guard adds to Node's own options of a request. */
export interface GuardedArgs extends ClientRequestArgs {
  readonly guard: AddressGuard;
}

/** Node's callback for a socket, or the lack of one. */
export type Connected = (error: Error | null, socket?: Duplex) => void;

/**
 * Opens a socket through `open`, which is Node's own way to connect, and sees to it that it leads where the guard allows.
 *
 * A name is resolved once per socket, and the socket connects to the addresses that were checked: there is no second look-up that could
 * answer otherwise. A literal address never reaches the look-up, so it is checked before. The address at the other end is checked
 * last, before the first byte is written.
 */
export function connectGuarded(
  options: GuardedArgs,
  resolve: ResolveHost,
  open: (options: GuardedArgs) => Duplex | null | undefined,
  done: Connected,
): Duplex | undefined {
  const { guard } = options;
  const host = options.host ?? "";
  const refusal = isIP(host) === 0 ? undefined : guard.refusal(host, host);
  if (refusal) {
    done(refusal);
    return undefined;
  }

  const gone = new AbortController();
  const socket = open({ ...options, lookup: checkedLookup(guard, resolve, gone.signal) }) ?? undefined;
  socket?.once("close", () => gone.abort());
  socket?.once("connect", () => {
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
    throw new BusError("BUS_HTTP_FAILED", [host, "the name look-up"], { cause });
  });
  if (found.length === 0) throw new BusError("BUS_HTTP_FAILED", [host, "the name look-up, which found no address"]);
  for (const { address } of found) {
    const refusal = guard.refusal(host, address);
    if (refusal) throw refusal;
  }
  return [...found];
}
