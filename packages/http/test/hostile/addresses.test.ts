import { describe, expect, it } from "vitest";
import { aRequest, aTransport, countConnects, fateOf } from "./hostile-request.ts";
import { aHostileServer, answering } from "./hostile-server.ts";
import { TRANSPORTS } from "../transports.ts";

const REFUSED = "BUS_ADDRESS_REFUSED";
const INVALID = "BUS_URL_INVALID";

/** Nothing is to be waited for. */
const SOON = { deadlineMs: 500 };

/** Hosts that lead to loopback, in spellings that something on the way might read otherwise. */
const LOOPBACK = [
  ["dotted", "127.0.0.1"],
  ["another of its network", "127.8.8.8"],
  ["decimal", "2130706433"],
  ["octal parts", "0177.0.0.01"],
  ["octal, padded", "0000177.0.0.1"],
  ["octal, whole", "017700000001"],
  ["hex parts", "0x7f.0x0.0x0.0x1"],
  ["hex, whole", "0x7F000001"],
  ["hex, padded", "0x000000007f000001"],
  ["two parts", "127.1"],
  ["three parts", "127.0.1"],
  ["bases mixed", "0x7f.0.01"],
  ["two parts in hex", "0x7f.1"],
  ["closing dot", "127.0.0.1."],
  ["short, closing dot", "127.1."],
  ["decimal, closing dot", "2130706433."],
  ["zero", "0"],
  ["all zeros", "0.0.0.0"],
  ["hex zero", "0x0"],
  ["empty hex", "0x"],
  ["fullwidth digits", "１２７.０.０.１"],
  ["fullwidth dots", "127．0．0．1"],
  ["ideographic dots", "127。0。0。1"],
  ["halfwidth ideographic dots", "127｡0｡0｡1"],
  ["circled digits", "①②⑦.⓪.⓪.①"],
  ["double-struck digits", "𝟙𝟚𝟟.𝟘.𝟘.𝟙"],
  ["superscripts", "¹²⁷.⁰.⁰.¹"],
  ["soft hyphen inside", "127.0.0\u00ad.1"],
  ["zero-width space inside", "127.0.\u200b0.1"],
  ["percent-encoded", "%31%32%37.0.0.1"],
  ["percent-encoded dots", "127%2e0%2e0%2e1"],
  ["percent-encoded fullwidth", "%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1"],
  ["IPv6", "[::1]"],
  ["IPv6, long", "[0000:0000:0000:0000:0000:0000:0000:0001]"],
  ["IPv6, all zeros", "[::]"],
  ["mapped", "[::ffff:127.0.0.1]"],
  ["mapped, hex", "[::ffff:7f00:1]"],
  ["mapped, long", "[0:0:0:0:0:FFFF:7F00:0001]"],
  ["mapped, unspecified", "[::ffff:0:0]"],
  ["compatible", "[::127.0.0.1]"],
  ["compatible, hex", "[::7f00:1]"],
  ["NAT64", "[64:ff9b::7f00:1]"],
  ["local NAT64", "[64:ff9b:1::7f00:1]"],
  ["translated", "[::ffff:0:127.0.0.1]"],
  ["6to4", "[2002:7f00:1::]"],
  ["Teredo", "[2001:0:4136:e378:8000:63bf:80ff:fffe]"],
  ["ISATAP", "[2a00::5efe:7f00:1]"],
  ["ISATAP, universal", "[2a00::200:5efe:7f00:1]"],
  ["localhost", "localhost"],
  ["localhost in capitals, with a dot", "LOCALHOST."],
  ["localhost, fullwidth", "ｌｏｃａｌｈｏｓｔ"],
  ["localhost, circled", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"],
  ["localhost, long s", "localhoſt"],
  ["localhost, percent-encoded", "%6cocalhost"],
  ["localhost, soft hyphen inside", "local\u00adhost"],
] as const;

/** Blocks that no one on the internet is in, and services that hand out credentials. */
const SPECIAL = [
  ["this network", "0.1.2.3"],
  ["private", "10.0.0.1"],
  ["private", "172.16.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.0.1"],
  ["private, decimal", "167772161"],
  ["private, octal", "0300.0250.0.1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["carrier-grade NAT", "100.127.255.255"],
  ["link-local", "169.254.0.1"],
  ["AWS and most others", "169.254.169.254"],
  ["AWS, decimal", "2852039166"],
  ["AWS, hex", "0xA9FEA9FE"],
  ["AWS, octal", "0251.0376.0251.0376"],
  ["AWS, short", "169.254.43518"],
  ["AWS, mapped", "[::ffff:a9fe:a9fe]"],
  ["AWS, NAT64", "[64:ff9b::a9fe:a9fe]"],
  ["AWS, 6to4", "[2002:a9fe:a9fe::1]"],
  ["AWS, IPv6", "[fd00:ec2::254]"],
  ["AWS, IPv6, long", "[fd00:0ec2:0:0:0:0:0:0254]"],
  ["ECS", "169.254.170.2"],
  ["Alibaba", "100.100.100.200"],
  ["Azure's wire server", "168.63.129.16"],
  ["Azure's wire server, mapped", "[::ffff:168.63.129.16]"],
  ["Google, IPv6", "[fd20:ce::254]"],
  ["Oracle", "192.0.0.192"],
  ["IETF protocols", "192.0.0.1"],
  ["documentation", "192.0.2.1"],
  ["documentation", "198.51.100.1"],
  ["documentation", "203.0.113.1"],
  ["6to4 relay", "192.88.99.1"],
  ["benchmarks", "198.18.0.1"],
  ["benchmarks", "198.19.255.255"],
  ["multicast", "224.0.0.1"],
  ["multicast", "239.255.255.250"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["broadcast, decimal", "4294967295"],
  ["link-local", "[fe80::1]"],
  ["site-local", "[fec0::1]"],
  ["unique local", "[fc00::1]"],
  ["unique local", "[fd12:3456:789a::1]"],
  ["multicast", "[ff02::1]"],
  ["documentation", "[2001:db8::1]"],
  ["documentation", "[3fff::1]"],
  ["benchmarks", "[2001:2::1]"],
  ["ORCHID", "[2001:20::1]"],
  ["discard", "[100::1]"],
  ["segment routing", "[5f00::1]"],
] as const;

/** URLs that one parser reads as public and another as loopback, so that no reading of them is right. */
const AMBIGUOUS = [
  ["a public user", (port: number) => `http://hooks.example@127.0.0.1:${port}/`],
  ["a public user with a password", (port: number) => `http://hooks.example:80@127.0.0.1:${port}/`],
  ["a percent-encoded at sign", (port: number) => `http://hooks.example%40127.0.0.1:${port}/`],
  ["a loopback user", (port: number) => `http://127.0.0.1:${port}@hooks.example/`],
  ["two at signs", (port: number) => `http://a@127.0.0.1:${port}@hooks.example/`],
  ["a percent-encoded slash", (port: number) => `http://127.0.0.1%2f@hooks.example:${port}/`],
  ["a null in the host", (port: number) => `http://127.0.0.1\0.hooks.example:${port}/`],
  ["an encoded null in the host", (port: number) => `http://127.0.0.1%00.hooks.example:${port}/`],
  ["a tab in the host", (port: number) => `http://127.0.\t0.1:${port}/`],
  ["a line break in the host", (port: number) => `http://127.0.0.1\r\n:${port}/`],
  ["a blank before", (port: number) => ` http://127.0.0.1:${port}/`],
  ["a no-break space in the host", (port: number) => `http://127.0.0.1\u00a0:${port}/`],
  ["a zone", (port: number) => `http://[::1%25lo]:${port}/`],
  ["a bare zone", (port: number) => `http://[fe80::1%lo]:${port}/`],
  ["an IPv4 address in brackets", (port: number) => `http://[127.0.0.1]:${port}/`],
  ["IPv6 without brackets", (port: number) => `http://::1:${port}/`],
  ["an open bracket", (port: number) => `http://[::1:${port}/`],
  ["an octal that is none", (port: number) => `http://0189.0.0.1:${port}/`],
  ["a part too large", (port: number) => `http://127.0.0.256:${port}/`],
  ["a number too large", (port: number) => `http://4294967296:${port}/`],
  ["five parts", (port: number) => `http://127.0.0.0.1:${port}/`],
  ["no slashes", (port: number) => `http:127.0.0.1:${port}/`],
  ["three slashes", (port: number) => `http:///127.0.0.1:${port}/`],
  ["backslashes", (port: number) => `http:\\\\127.0.0.1:${port}\\`],
  ["a port too large", () => `http://127.0.0.1:65536/`],
  ["a port with a sign", () => `http://127.0.0.1:+80/`],
  ["gopher", (port: number) => `gopher://127.0.0.1:${port}/_POST`],
  ["a WebSocket", (port: number) => `ws://127.0.0.1:${port}/`],
  ["a file", () => "file://127.0.0.1/etc/passwd"],
  ["data", () => "data:text/plain,1"],
  ["a blob", (port: number) => `blob:http://127.0.0.1:${port}/1`],
  ["a unix socket", () => "unix:/var/run/docker.sock:/"],
] as const;

describe.each(TRANSPORTS)("over $name, nothing is connected to", ({ make }) => {
  describe.each(["http", "https"])("by %s", (scheme) => {
    it.each(LOOPBACK)("for loopback, %s: %s", async (_, host) => {
      const server = await aHostileServer(answering("HTTP/1.1 200 OK\r\n\r\n"));
      const connects = countConnects();

      const fate = await fateOf(
        aTransport(make, { allow: [] }).request(aRequest(`${scheme}://${host}:${server.port}/`, SOON)),
      );

      expect([fate, connects.count, server.connections]).toEqual([REFUSED, 0, 0]);
    });

    it.each(SPECIAL)("for %s: %s", async (_, host) => {
      const connects = countConnects();

      const fate = await fateOf(aTransport(make, { allow: [] }).request(aRequest(`${scheme}://${host}/`, SOON)));

      expect([fate, connects.count]).toEqual([REFUSED, 0]);
    });
  });

  it.each(AMBIGUOUS)("for %s, even where loopback is allowed", async (_, urlAt) => {
    const server = await aHostileServer(answering("HTTP/1.1 200 OK\r\n\r\n"));
    const connects = countConnects();

    const allow = ["127.0.0.1", "::1", "hooks.example"];
    const fate = await fateOf(aTransport(make, { allow }).request(aRequest(urlAt(server.port), SOON)));

    expect([fate, connects.count, server.connections]).toEqual([INVALID, 0, 0]);
  });
});

const METADATA = [
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "169.254.0.23",
  "169.254.10.10",
  "169.254.42.42",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "[fd00:ec2::254]",
  "[fd00:ec2::23]",
  "[fd20:ce::254]",
  "[fd00:c1::a9fe:a9fe]",
  "[fd00:42::42]",
  "[fd00:100::100:200]",
  "[fd00:a9fe:a9fe::1]",
  "[fe80::a9fe:a9fe]",
  "[::ffff:169.254.170.23]",
  "[64:ff9b::192.0.0.192]",
];

describe.each(TRANSPORTS)("over $name, whatever ranges are allowed, nothing is connected to", ({ make }) => {
  it.each(METADATA)("for the metadata service %s", async (host) => {
    const connects = countConnects();
    const allow = ["0.0.0.0/0", "::/0", "169.254.0.0/16", "fd00::/8", "fe80::/10"];

    const fate = await fateOf(aTransport(make, { allow }).request(aRequest(`http://${host}/`, { ...SOON, allow })));

    expect([fate, connects.count]).toEqual([REFUSED, 0]);
  });
});

describe.each(TRANSPORTS)("over $name, with backslashes for slashes", ({ make }) => {
  it("the host is what the parser reads, and it is what is checked", async () => {
    const server = await aHostileServer(answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    const url = `http://127.0.0.1:${server.port}\\@hooks.example/`;

    expect(await fateOf(aTransport(make, { allow: [] }).request(aRequest(url)))).toBe(REFUSED);
    expect(server.connections).toBe(0);
    expect(await fateOf(aTransport(make).request(aRequest(url)))).toBe("200");
    expect(server.received).toMatch(
      new RegExp(`^POST /@hooks\\.example/ HTTP/1\\.1\r\n[^]*host: 127\\.0\\.0\\.1:${server.port}\r\n`, "i"),
    );
  });
});
