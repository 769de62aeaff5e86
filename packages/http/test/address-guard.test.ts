import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusError } from "@bus/core";
import { addressGuard } from "../src/address-guard.ts";

const publicOnly = addressGuard([]);

describe("the address guard without an allow-list", () => {
  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
    "2001:200::1",
    "3ffd:ffff::1",
  ])("lets %s pass", (address) => {
    expect(publicOnly.refusal("example.com", address)).toBeUndefined();
  });

  it.each([
    ["this network", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["private", "10.0.0.1"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["carrier-grade NAT", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.254"],
    ["link-local", "169.254.1.1"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["IETF protocols", "192.0.0.8"],
    ["documentation", "192.0.2.1"],
    ["AS112", "192.31.196.1"],
    ["AMT", "192.52.193.1"],
    ["6to4 relay", "192.88.99.1"],
    ["private", "192.168.1.1"],
    ["AS112", "192.175.48.1"],
    ["benchmarks", "198.18.0.1"],
    ["benchmarks", "198.19.255.255"],
    ["documentation", "198.51.100.1"],
    ["documentation", "203.0.113.1"],
    ["multicast", "224.0.0.1"],
    ["multicast", "239.255.255.255"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["mapped", "::ffff:127.0.0.1"],
    ["mapped", "::ffff:8.8.8.8"],
    ["mapped, in hex", "::ffff:7f00:1"],
    ["compatible", "::127.0.0.1"],
    ["compatible", "::8.8.8.8"],
    ["translated", "::ffff:0:127.0.0.1"],
    ["NAT64", "64:ff9b::8.8.8.8"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["local NAT64", "64:ff9b:1::1"],
    ["discard", "100::1"],
    ["Teredo", "2001::1"],
    ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["benchmarks", "2001:2::1"],
    ["ORCHID", "2001:10::1"],
    ["ORCHID v2", "2001:20::1"],
    ["documentation", "2001:db8::1"],
    ["6to4", "2002:7f00:1::"],
    ["6to4", "2002:808:808::1"],
    ["AS112", "2620:4f:8000::1"],
    ["6bone", "3ffe::1"],
    ["documentation", "3fff::1"],
    ["ISATAP", "2606:4700::5efe:7f00:1"],
    ["ISATAP, universal", "2606:4700::200:5efe:10.0.0.1"],
    ["segment routing", "5f00::1"],
    ["unique local", "fc00::1"],
    ["unique local", "fd12:3456::1"],
    ["link-local", "fe80::1"],
    ["link-local with a zone", "fe80::1%eth0"],
    ["site-local", "fec0::1"],
    ["multicast", "ff02::1"],
    ["no address", ""],
    ["no address", "localhost"],
    ["a short form", "127.1"],
  ])("refuses %s: %s", (_, address) => {
    expect(BusError.is(publicOnly.refusal("example.com", address), "BUS_ADDRESS_REFUSED")).toBe(true);
  });

  it("refuses every IPv6 address outside 2000::/3", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const address = fc
      .tuple(group, fc.array(group, { minLength: 7, maxLength: 7 }))
      .filter(([first]) => first >> 13 !== 1)
      .map(([first, rest]) => [first, ...rest].map((value) => value.toString(16)).join(":"));

    fc.assert(
      fc.property(address, (text) => {
        expect(publicOnly.refusal("example.com", text)).toBeDefined();
      }),
    );
  });

  it("refuses every IPv4 address in every IPv6 disguise", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const hex = (high: number, low: number) => ((high << 8) | low).toString(16);

    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const disguises = [
          `::ffff:${dotted}`,
          `::${dotted}`,
          `64:ff9b::${dotted}`,
          `2002:${hex(a, b)}:${hex(c, d)}::1`,
          `2606:4700::5efe:${dotted}`,
        ];
        for (const address of disguises) expect(publicOnly.refusal("example.com", address)).toBeDefined();
      }),
    );
  });

  it("refuses every address of the private IPv4 blocks, and passes their neighbours", () => {
    const low24 = fc.integer({ min: 0, max: 0xffffff });
    const dotted = (first: number, rest: number) => [first, rest >> 16, (rest >> 8) & 255, rest & 255].join(".");

    fc.assert(
      fc.property(fc.constantFrom(0, 10, 127, 224, 239, 240, 255), low24, (first, rest) => {
        expect(publicOnly.refusal("example.com", dotted(first, rest))).toBeDefined();
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(9, 11, 126, 128, 223), low24, (first, rest) => {
        expect(publicOnly.refusal("example.com", dotted(first, rest))).toBeUndefined();
      }),
    );
  });
});

describe("the allow-list", () => {
  it.each([
    ["a listed address", ["10.1.2.3"], "x", "10.1.2.3", true],
    ["its neighbour", ["10.1.2.3"], "x", "10.1.2.4", false],
    ["the mapped form of a listed address", ["127.0.0.1"], "x", "::ffff:127.0.0.1", true],
    ["an address in a listed range", ["10.0.0.0/8"], "x", "10.255.0.1", true],
    ["an IPv6 address in a listed range", ["fd00::/8"], "x", "fd12::1", true],
    ["a listed address spelled otherwise", ["::1"], "x", "0:0:0:0:0:0:0:1", true],
    ["an address outside a listed range", ["10.0.0.0/8"], "x", "11.0.0.1", true],
    ["a private address outside a listed range", ["10.0.0.0/8"], "x", "192.168.0.1", false],
    ["what a listed host leads to", ["hooks.internal"], "hooks.internal", "10.1.2.3", true],
    ["a listed host in another case and with a dot", ["Hooks.Internal."], "HOOKS.internal.", "10.1.2.3", true],
    ["a host below a listed one", ["internal"], "hooks.internal", "10.1.2.3", false],
    ["loopback when only its name is listed", ["localhost"], "127.0.0.1", "127.0.0.1", false],
  ])("on %s", (_, allow, host, address, isAllowed) => {
    expect(addressGuard(allow).refusal(host, address) === undefined).toBe(isAllowed);
  });

  it.each([
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "2606:4700::5efe:169.254.169.254",
  ])("allows the metadata service %s by its exact address alone", (address) => {
    const everything = ["0.0.0.0/0", "::/0", "metadata.internal"];

    expect(publicOnly.refusal("metadata.internal", address)).toBeDefined();
    expect(addressGuard(everything).refusal("metadata.internal", address)).toBeDefined();
    expect(addressGuard([...everything, address]).refusal("metadata.internal", address)).toBeUndefined();
  });

  it("has one key for lists that allow the same, and another for others", () => {
    expect(addressGuard(["b", "A", "b."]).key).toBe(addressGuard(["a", "b"]).key);
    expect(addressGuard(["a"]).key).not.toBe(addressGuard(["a", "b"]).key);
  });

  it.each([
    "",
    "*.internal",
    "http://localhost",
    "localhost:80",
    "[::1]",
    "10.0.0.0/33",
    "10.0.0.0/",
    "::/129",
    "10.0.0/8",
    "1.2.3",
    "127.1",
    "a b",
    "hooks.internal/8",
  ])("refuses the entry %j", (entry) => {
    expect(() => addressGuard([entry])).toThrow(expect.objectContaining({ code: "BUS_OPTION_INVALID" }));
  });
});
