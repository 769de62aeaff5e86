import { isIPv6 } from "node:net";

/**
 * The IPv4 address that an IPv6 address stands for, if it is of a kind that routers or the kernel translate or tunnel to IPv4:
 * mapped, compatible, NAT64, 6to4, Teredo and ISATAP.
 */
export function embeddedIpv4(address: string): string | undefined {
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const [first = 0, second = 0, third = 0] = groups;
  const low = groups.slice(6);
  const isZeroUpTo = (end: number) => groups.slice(0, end).every((group) => group === 0);

  if (isZeroUpTo(5) && groups[5] === 0xffff) return ipv4Of(low);
  if (isZeroUpTo(6) && groups[6] !== 0) return ipv4Of(low);
  if (first === 0x64 && second === 0xff9b) return ipv4Of(low);
  if (first === 0x2002) return ipv4Of([second, third]);
  if (first === 0x2001 && second === 0) return ipv4Of(low.map((group) => group ^ 0xffff));
  // ISATAP: the interface id is 0000:5efe or 0200:5efe, then the address (RFC 5214), under any prefix.
  if (((groups[4] ?? 0) & 0xfdff) === 0 && groups[5] === 0x5efe) return ipv4Of(low);
  return undefined;
}

/** The eight 16-bit groups. `URL` turns every spelling, dotted tails included, into one with hex groups and at most one "::". */
function groupsOf(address: string): readonly number[] {
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = [], right = []] = spelled.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function ipv4Of([high = 0, low = 0]: readonly number[]): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}
