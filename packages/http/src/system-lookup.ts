import { lookup } from "node:dns/promises";
import type { ResolvedAddress } from "./resolve-host.ts";

/** How many of libuv's four threads look-ups may hold: the others stay free for files. */
const MAX_AT_ONCE = 2;

/** Look-ups under way, by name: asking again for a name that hangs takes no second thread. */
const underway = new Map<string, Promise<ResolvedAddress[]>>();
const waiting: (() => void)[] = [];
let running = 0;

/** Asks the operating system. The look-up itself cannot be cancelled; `signal` only frees the caller. */
export async function systemLookup(hostname: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
  signal.throwIfAborted();
  const addresses = underway.get(hostname) ?? beginLookup(hostname);

  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([addresses, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function beginLookup(hostname: string): Promise<ResolvedAddress[]> {
  const addresses = lookupInTurn(hostname).finally(() => underway.delete(hostname));
  underway.set(hostname, addresses);
  return addresses;
}

async function lookupInTurn(hostname: string): Promise<ResolvedAddress[]> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    const found = await lookup(hostname, { all: true });
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
