import { isIP } from "node:net";
import { BusError } from "@bus/core";
import { blockListOf, familyOf, isCidr } from "./cidr.ts";

/**
 * Targets that may be reached although they are not public: host names ("hooks.internal"), addresses ("10.1.2.3", "::1")
 * and CIDRs ("10.0.0.0/8"). A host name allows whatever that very name resolves to; it has no wildcards and no port.
 * Metadata services of clouds are only allowed by their exact address.
 */
export type AllowList = readonly string[];

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*$/;

export interface ParsedAllowList {
  /** The same for lists that allow the same. */
  readonly key: string;
  hasHost(host: string): boolean;
  hasAddress(address: string): boolean;
  /** Whether the address is listed itself, and not just a range around it. */
  hasExactly(address: string): boolean;
}

/** @throws {BusError} BUS_OPTION_INVALID */
export function parseAllowList(allow: AllowList): ParsedAllowList {
  const entries = [...new Set(allow.map(plainHost))].sort();
  const addresses = entries.filter((entry) => isIP(entry) !== 0);
  const cidrs = entries.filter(isCidr);
  const hosts = new Set(entries.filter((entry) => isIP(entry) === 0 && !isCidr(entry)));
  for (const host of hosts) {
    if (HOST_NAME.test(host) && !/^[\d.]+$/.test(host)) continue;
    throw new BusError("BUS_OPTION_INVALID", ["allow", `"${host}" is no host name, IP address or CIDR`]);
  }

  const exact = blockListOf(addresses);
  const ranges = blockListOf(cidrs);
  return {
    key: entries.join(" "),
    hasHost: (host) => hosts.has(plainHost(host)),
    hasAddress: (address) => exact.check(address, familyOf(address)) || ranges.check(address, familyOf(address)),
    hasExactly: (address) => exact.check(address, familyOf(address)),
  };
}

/** For whoever takes a list as an option. @throws {BusError} BUS_OPTION_INVALID */
export function checkAllowList(allow: AllowList): void {
  parseAllowList(allow);
}

/** "LocalHost." and "localhost" are the same host. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}
