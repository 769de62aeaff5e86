import { Resolver } from "node:dns/promises";
import { systemLookup } from "./system-lookup.ts";

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds the addresses of a host name. Called for every new socket, concurrently; gives up when `signal` aborts. */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>;

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/** Answers of DNS after which the operating system may still know the name: from its hosts file, search domains or mDNS. */
const UNKNOWN_TO_DNS = new Set(["ENOTFOUND", "ENODATA", "ECONNREFUSED"]);

/**
 * Asks DNS without a thread, and the operating system only for names that DNS says it does not know.
 *
 * `dns.lookup` waits in one of libuv's four threads: four names with silent servers would stop every other look-up, and file access with them.
 * So each look-up here has a c-ares channel of its own, which times out by itself and is cancelled with the request. A name whose
 * servers are silent ends there; it never reaches a thread. The cost: DNS comes before the hosts file, `localhost` excepted.
 */
export const resolveHost: ResolveHost = async (hostname, signal) => {
  // The hosts file does not know the name with its closing dot.
  if (isLocalhost(hostname)) return systemLookup(hostname.replace(/\.$/, ""), signal);
  try {
    return await askDns(hostname, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!UNKNOWN_TO_DNS.has(codeOf(error))) throw error;
    return systemLookup(hostname, signal);
  }
};

async function askDns(hostname: string, signal: AbortSignal): Promise<ResolvedAddress[]> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    if (v4.status === "rejected" && v6.status === "rejected") throw worstOf(v4.reason, v6.reason);
    return [
      ...(v6.status === "fulfilled" ? v6.value.map((address) => ({ address, family: 6 as const })) : []),
      ...(v4.status === "fulfilled" ? v4.value.map((address) => ({ address, family: 4 as const })) : []),
    ];
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** One silent answer of the two makes the name a silent one. */
function worstOf(v4: unknown, v6: unknown): unknown {
  return UNKNOWN_TO_DNS.has(codeOf(v4)) ? v6 : v4;
}

function isLocalhost(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
