import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressGuard } from "../../src/address-guard.ts";
import { parseTargetUrl } from "../../src/index.ts";

const guard = addressGuard([]);

/** What the guard says of the host of a URL that was accepted. */
function isRefused(host: string): boolean {
  const { hostname } = parseTargetUrl(`http://${host}/`);
  const address = hostname.replace(/^\[|\]$/g, "");
  return guard.refusal(address, address) !== undefined;
}

const byte = fc.integer({ min: 0, max: 255 });
const ipv4 = (...octets: [number | fc.Arbitrary<number>, ...(number | fc.Arbitrary<number>)[]]) =>
  fc
    .tuple(
      ...[...octets, byte, byte, byte]
        .slice(0, 4)
        .map((octet) => (typeof octet === "number" ? fc.constant(octet) : octet)),
    )
    .map((parts) => parts.reduce((whole, part) => whole * 256 + part, 0));

const range = (min: number, max: number) => fc.integer({ min, max });

const PRIVATE = fc.oneof(
  ipv4(0),
  ipv4(10),
  ipv4(100, range(64, 127)),
  ipv4(127),
  ipv4(169, 254),
  ipv4(172, range(16, 31)),
  ipv4(192, 0, 0),
  ipv4(192, 168),
  ipv4(198, range(18, 19)),
  ipv4(range(224, 255)),
  ipv4(168, 63, 129, 16),
);

const PUBLIC = fc.oneof(
  ipv4(range(1, 9)),
  ipv4(range(11, 99)),
  ipv4(100, range(0, 63)),
  ipv4(100, range(128, 255)),
  ipv4(range(101, 126)),
  ipv4(range(128, 167)),
  ipv4(169, range(0, 253)),
  ipv4(172, range(0, 15)),
  ipv4(172, range(32, 255)),
  ipv4(192, range(169, 174)),
  ipv4(198, range(52, 255)),
  ipv4(range(204, 223)),
);

const isUpper = fc.boolean();

/** A number in one of the bases and digits that URL parsers read. */
function numeral(value: number): fc.Arbitrary<string> {
  const zeros = fc.integer({ min: 0, max: 4 }).map((count) => "0".repeat(count));
  return fc.oneof(
    fc.constant(String(value)),
    zeros.map((padding) => `0${padding}${value.toString(8)}`),
    fc.tuple(isUpper, zeros).map(([upper, padding]) => {
      const digits = `${padding}${value.toString(16)}`;
      return upper ? `0X${digits.toUpperCase()}` : `0x${digits}`;
    }),
  );
}

/** The address in one to four parts, the last of which holds what is left. */
function spelled(address: number): fc.Arbitrary<string> {
  const octets = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  return fc.integer({ min: 1, max: 4 }).chain((count) => {
    const last = octets.slice(count - 1).reduce((whole, octet) => whole * 256 + octet, 0);
    const parts = [...octets.slice(0, count - 1), last].map(numeral);
    const dot = fc.constantFrom(".", "\u3002", "\uff0e", "\uff61", "%2e");
    return fc
      .tuple(fc.tuple(...parts), fc.array(dot, { minLength: 3, maxLength: 3 }), fc.boolean())
      .map(
        ([texts, dots, isClosed]) =>
          texts.map((text, index) => (index > 0 ? (dots[index - 1] ?? ".") : "") + text).join("") +
          (isClosed ? "." : ""),
      );
  });
}

/** Each digit in one of the forms that a URL parser folds into plain ones. */
function disguised(text: string): fc.Arbitrary<string> {
  const characters = (text.match(/%2e|./gu) ?? []).map((character) => {
    if (!/^[0-9]$/.test(character)) return fc.constant(character);
    const code = character.charCodeAt(0);
    return fc.constantFrom(
      character,
      String.fromCodePoint(code + 0xfee0),
      String.fromCodePoint(0x1d7d8 + code - 0x30),
      character === "0" ? "\u24ea" : String.fromCodePoint(0x2460 + code - 0x31),
      `%3${character}`,
    );
  });
  return fc.tuple(...characters).map((folded) => folded.join(""));
}

/** Ways of IPv6 to say an IPv4 address. */
function inIpv6(address: number): fc.Arbitrary<string> {
  const high = (address >>> 16).toString(16);
  const low = (address & 0xffff).toString(16);
  const inverted = [~(address >>> 16) & 0xffff, ~address & 0xffff].map((group) => group.toString(16)).join(":");
  return fc.constantFrom(
    `[::ffff:${high}:${low}]`,
    `[0:0:0:0:0:FFFF:${high}:${low}]`,
    `[::${high}:${low}]`,
    `[::ffff:0:${high}:${low}]`,
    `[64:ff9b::${high}:${low}]`,
    `[64:ff9b:1::${high}:${low}]`,
    `[2002:${high}:${low}::1]`,
    `[2001:0:4136:e378:8000:63bf:${inverted}]`,
    `[2a00:1450::5efe:${high}:${low}]`,
    `[2a00:1450::200:5efe:${high}:${low}]`,
  );
}

describe("a private IPv4 address is refused", () => {
  it("in every spelling", () => {
    fc.assert(
      fc.property(PRIVATE.chain(spelled), (host) => {
        expect(isRefused(host)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("in digits that only look like digits", () => {
    fc.assert(
      fc.property(PRIVATE.chain(spelled).chain(disguised), (host) => {
        expect(isRefused(host)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("in IPv6", () => {
    fc.assert(
      fc.property(PRIVATE.chain(inIpv6), (host) => {
        expect(isRefused(host)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a public IPv4 address is not refused", () => {
  it("in any spelling, disguised or not", () => {
    fc.assert(
      fc.property(fc.oneof(PUBLIC.chain(spelled), PUBLIC.chain(spelled).chain(disguised)), (host) => {
        expect(isRefused(host)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
