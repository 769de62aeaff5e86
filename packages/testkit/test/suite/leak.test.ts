import { describe, expect, it } from "vitest";
import { leakIn } from "../../src/suite/leak.ts";

const SECRET = "canary-7f3a9c/51e2+d84b06";
const bytes = Buffer.from(SECRET);

const SHOWN: readonly (readonly [string, unknown, string])[] = [
  ["in a text", `Bearer ${SECRET}`, "as it is"],
  ["deep within objects", { a: { b: { c: { d: { e: [{ key: SECRET }] } } } } }, "as it is"],
  ["behind many others", Array.from({ length: 500 }, (_, index) => (index < 499 ? index : SECRET)), "as it is"],
  ["at the end of a long text", "x".repeat(100_000) + SECRET, "as it is"],
  ["in a map", new Map([["key", SECRET]]), "as it is"],
  ["in the message of an error", new Error(`No ${SECRET}.`), "as it is"],
  ["in a field of an error", Object.assign(new Error("No."), { headers: { key: SECRET } }), "as it is"],
  ["in the cause of a cause", new Error("a", { cause: new Error("b", { cause: new Error(SECRET) }) }), "as it is"],
  ["in one of several errors", new AggregateError([new Error("a"), new Error(SECRET)]), "as it is"],
  ["in what its toJSON gives", { toJSON: () => ({ key: SECRET }) }, "as it is"],
  ["in a query", `?key=${encodeURIComponent(SECRET)}`, "percent-encoded"],
  ["in a query of nothing but codes", [...bytes].map((byte) => `%${byte.toString(16)}`).join(""), "percent-encoded"],
  ["in base64", bytes.toString("base64"), "in base64"],
  ["in base64 behind a user", Buffer.from(`user:${SECRET}`).toString("base64"), "in base64"],
  ["in base64 behind one more letter", Buffer.from(`users:${SECRET}!`).toString("base64"), "in base64"],
  ["in base64 behind two more letters", Buffer.from(`my-user:${SECRET}`).toString("base64"), "in base64"],
  ["in base64 for URLs", bytes.toString("base64url"), "in base64"],
  ["in hexadecimal", bytes.toString("hex").toUpperCase(), "in hexadecimal"],
  ["in a buffer", { key: bytes }, "in hexadecimal"],
  ["in an array of bytes", { key: new Uint8Array(bytes) }, "as a list of bytes"],
];

describe("a secret", () => {
  it.each(SHOWN)("is found %s", (_, value, form) => {
    expect(leakIn(value, SECRET)).toBe(form);
  });

  it.each([
    ["what is alike", { key: SECRET.slice(1), text: "canary", list: [99, 97, 110] }],
    [
      "a private field",
      new (class {
        readonly #key = SECRET;
        has = (text: string) => text === this.#key;
      })(),
    ],
    ["nothing", undefined],
    ["what has no JSON form", { big: 1n }],
  ])("is not found in %s", (_, value) => {
    expect(leakIn(value, SECRET)).toBeUndefined();
  });
});
