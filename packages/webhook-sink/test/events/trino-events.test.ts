import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { trinoEvents, type Instant, type TrinoMessage } from "../../src/index.ts";
import { aConversation, aMessage } from "../fixtures.ts";

describe("trinoEvents", () => {
  it("takes the contract's data and leaves it as it is", () => {
    expect(trinoEvents["message.created"].parse(aMessage())).toStrictEqual(aMessage());
    expect(trinoEvents["conversation.created"].parse(aConversation())).toStrictEqual(aConversation());
  });

  it("takes a Date for any time, and makes it text", () => {
    const at = new Date(0);

    const message = trinoEvents["message.created"].parse(aMessage({ created_at: at }));

    expect(message.created_at).toBe("1970-01-01T00:00:00.000Z");
  });

  it.each([
    ["account", undefined],
    ["conversation", null],
    ["inbox", {}],
    ["message_type", "sent"],
    ["message_type", 4],
    ["sender", { id: 1, type: "ghost" }],
    ["id", null],
  ])("refuses a message whose %s is %j", (field, value) => {
    const result = trinoEvents["message.created"].safeParse(aMessage({ [field]: value }));

    expect(result.error?.issues[0]?.path[0]).toBe(field);
  });

  it("types what is published and what is heard", () => {
    type Heard = z.output<(typeof trinoEvents)["message.created"]>;
    type Published = z.input<(typeof trinoEvents)["message.created"]>;

    expectTypeOf<Heard>().toEqualTypeOf<TrinoMessage<Instant>>();
    expectTypeOf<Published>().toEqualTypeOf<TrinoMessage>();
    // What was heard can be published again.
    expectTypeOf<Heard>().toExtend<Published>();
  });
});
