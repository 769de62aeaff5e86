import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, type Scalar, type WebhookFilter } from "../src/webhook-filter.ts";

const body = {
  event: "message_created",
  private: false,
  content: null,
  conversation: { status: "open", id: 10, messages: [{ private: true }] },
};

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
/** A key without dots, such as those of objects' prototypes too. */
const key = fc.oneof(fc.stringMatching(/^[a-z]{1,3}$/), fc.constantFrom("constructor", "toString", "length", "0"));

describe("a filter", () => {
  it.each<[WebhookFilter, boolean]>([
    [{}, true],
    [{ event: "message_created" }, true],
    [{ event: "message_updated" }, false],
    [{ event: ["message_updated", "message_created"] }, true],
    [{ private: false }, true],
    [{ private: "false" }, false],
    [{ content: null }, true],
    [{ "conversation.status": ["open", "pending"], "conversation.id": 10 }, true],
    [{ "conversation.status": "open", "conversation.id": 11 }, false],
    [{ "conversation.id": "10" }, false],
    [{ "conversation.messages.0.private": true }, true],
    [{ "conversation.messages.1.private": true }, false],
    [{ missing: null }, false],
    [{ "event.length": 15 }, false],
    [{ "content.x": null }, false],
  ])("%j matches: %s", (filter, isMatch) => {
    expect(matches(filter, body)).toBe(isMatch);
  });

  it("matches exactly where each path leads to one of its values", () => {
    const leaf = fc.record({ path: fc.array(key, { minLength: 1, maxLength: 4 }), value: scalar });

    fc.assert(
      fc.property(leaf, scalar, fc.array(scalar), ({ path, value }, other, others) => {
        const nested = path.reduceRight<unknown>((inner, name) => ({ [name]: inner, also: 1 }), value);
        const dotted = path.join(".");

        expect(matches({ [dotted]: value }, nested)).toBe(true);
        expect(matches({ [dotted]: [...others, value] }, nested)).toBe(true);
        expect(matches({ [dotted]: other }, nested)).toBe(other === value);
        expect(matches({ [`${dotted}.x`]: value }, nested)).toBe(false);
      }),
    );
  });

  it("finds nothing that a body inherits", () => {
    fc.assert(
      fc.property(key, scalar, (name, value: Scalar) => {
        const inherited: unknown = Object.create({ [name]: value });

        expect(matches({ [name]: value }, inherited)).toBe(false);
        expect(matches({ [`a.${name}`]: value }, { a: inherited })).toBe(false);
      }),
    );
  });

  it("never throws, whatever the body", () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.string(), scalar), (anything, filter) => {
        expect(matches(filter, anything)).toBeTypeOf("boolean");
      }),
    );
  });
});
