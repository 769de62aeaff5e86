import { isIP } from "node:net";
import { BusError } from "@bus/core";
import { parseAllowList, type AllowList } from "./allow-list.ts";
import { isMetadata, isPublicUnicast } from "./special-addresses.ts";

/** Decides which addresses may be connected to: public unicast ones, and those of an allow-list. */
export interface AddressGuard {
  /** Sockets opened under one key must not serve requests under another. */
  readonly key: string;
  /** BUS_ADDRESS_REFUSED if `host` must not be reached at `address`. */
  refusal(host: string, address: string): BusError | undefined;
}

/** @throws {BusError} BUS_OPTION_INVALID */
export function addressGuard(allow: AllowList): AddressGuard {
  const allowed = parseAllowList(allow);

  const isReachable = (host: string, address: string) => {
    if (isIP(address) === 0) return false;
    if (allowed.hasExactly(address)) return true;
    if (isMetadata(address)) return false;
    return isPublicUnicast(address) || allowed.hasAddress(address) || allowed.hasHost(host);
  };

  return Object.freeze({
    key: allowed.key,
    refusal(host: string, address: string) {
      // A zone ("fe80::1%eth0") chooses the interface, not the address.
      const [plain = ""] = address.split("%");
      return isReachable(host, plain) ? undefined : new BusError("BUS_ADDRESS_REFUSED", [host, address]);
    },
  });
}
