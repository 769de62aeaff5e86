import { expectTypeOf } from "vitest";
import type { Matching } from "../../src/event-types.ts";

type Types = "created" | "message.created" | "message.deleted" | "message.part.added" | "messages.read";

expectTypeOf<Matching<Types, "message.created">>().toEqualTypeOf<"message.created">();
expectTypeOf<Matching<Types, "message.*">>().toEqualTypeOf<"message.created" | "message.deleted">();
expectTypeOf<Matching<Types, "*.created">>().toEqualTypeOf<"message.created">();
expectTypeOf<Matching<Types, "*">>().toEqualTypeOf<"created">();
expectTypeOf<Matching<Types, "mess*.*ed">>().toEqualTypeOf<"message.created" | "message.deleted">();
expectTypeOf<Matching<Types, "message*.*">>().toEqualTypeOf<"message.created" | "message.deleted" | "messages.read">();
expectTypeOf<Matching<Types, "message.created*">>().toEqualTypeOf<"message.created">();
expectTypeOf<Matching<Types, "**">>().toEqualTypeOf<Types>();
expectTypeOf<Matching<Types, "message.**">>().toEqualTypeOf<
  "message.created" | "message.deleted" | "message.part.added"
>();
expectTypeOf<Matching<Types, "message.created**">>().toEqualTypeOf<"message.created">();
expectTypeOf<Matching<Types, "mesage.*">>().toEqualTypeOf<never>();

// Several patterns: what any of them matches.
expectTypeOf<Matching<Types, "*" | "messages.*">>().toEqualTypeOf<"created" | "messages.read">();

// Known only at run time: anything may come.
expectTypeOf<Matching<Types, string>>().toEqualTypeOf<Types>();
expectTypeOf<Matching<string, "message.*">>().toEqualTypeOf<string>();
