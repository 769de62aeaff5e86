import { isIP, isIPv4 } from "node:net";
import { blockListOf, familyOf } from "./cidr.ts";
import { embeddedIpv4 } from "./embedded-ipv4.ts";

/** Where clouds serve credentials, or what leads to some, to whoever asks from inside. */
const METADATA = blockListOf([
  "169.254.169.254", // AWS and most others
  "169.254.170.2", // AWS ECS
  "169.254.170.23", // AWS EKS
  "169.254.0.23", // Tencent
  "169.254.10.10", // Tencent
  "169.254.42.42", // Scaleway
  "100.100.100.200", // Alibaba
  "168.63.129.16", // Azure
  "192.0.0.192", // Oracle
  "fd00:ec2::254", // AWS
  "fd00:ec2::23", // AWS EKS
  "fd20:ce::254", // Google
  "fd00:c1::a9fe:a9fe", // Oracle
  "fd00:42::42", // Scaleway
  "fd00:100::100:200", // Alibaba
  "fd00:a9fe:a9fe::1", // Linode
  "fe80::a9fe:a9fe", // OpenStack
]);

/** The only part of IPv6 that IANA hands out as global unicast. */
const GLOBAL_IPV6 = blockListOf(["2000::/3"]);

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry */
const SPECIAL = blockListOf([
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carrier-grade NAT
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local
  "172.16.0.0/12", // private
  "192.0.0.0/24", // IETF protocols
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
  "2001::/23", // IETF protocols: Teredo, benchmarks, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4
  "2620:4f:8000::/48", // AS112
  "3ffe::/16", // 6bone, given back
  "3fff::/20", // documentation
]);

/** Whether anyone on the internet may be reached at `address`, and no one else. Anything but the text of an IP address is not public. */
export function isPublicUnicast(address: string): boolean {
  if (isMetadata(address)) return false;
  if (isIPv4(address)) return !SPECIAL.check(address, "ipv4");
  return (
    isIP(address) === 6 &&
    GLOBAL_IPV6.check(address, "ipv6") &&
    !SPECIAL.check(address, "ipv6") &&
    embeddedIpv4(address) === undefined
  );
}

/** Whether `address` is a cloud's metadata service, or leads to one through a translation to IPv4. */
export function isMetadata(address: string): boolean {
  const target = embeddedIpv4(address) ?? address;
  return METADATA.check(target, familyOf(target));
}
