import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { JsonOf } from "../../src/index.ts";

// What is JSON stays as it is,
interface Plain {
  readonly text: string;
  count: number;
  readonly isOpen?: boolean;
  readonly none: null;
  readonly list: readonly { readonly a: 1 | 2 }[];
  readonly pair: [string, number];
  readonly byName: Readonly<Record<string, number>>;
}
expectTypeOf<JsonOf<Plain>>().toEqualTypeOf<{
  readonly text: string;
  count: number;
  readonly isOpen?: boolean;
  readonly none: null;
  readonly list: readonly { readonly a: 1 | 2 }[];
  readonly pair: [string, number];
  readonly byName: { readonly [name: string]: number };
}>();
expectTypeOf<JsonOf<"a" | 1 | true | null>>().toEqualTypeOf<"a" | 1 | true | null>();
expectTypeOf<JsonOf<unknown>>().toBeUnknown();
expectTypeOf<JsonOf<unknown[]>>().toEqualTypeOf<unknown[]>();
expectTypeOf<JsonOf<{ a: unknown }>>().toEqualTypeOf<{ a: unknown }>();
expectTypeOf<JsonOf<never>>().toBeNever();

// marked texts and numbers, too.
type CustomerId = string & z.$brand<"CustomerId">;
expectTypeOf<JsonOf<{ id: CustomerId }>>().toEqualTypeOf<{ id: CustomerId }>();

// A Date is its text, whatever it stands in; what has a toJSON is what that gives, which is not asked again.
expectTypeOf<JsonOf<Date>>().toEqualTypeOf<string>();
expectTypeOf<JsonOf<{ at: Date | null; all: Date[] }>>().toEqualTypeOf<{ at: string | null; all: string[] }>();
declare class Money {
  readonly cents: bigint;
  toJSON(): { readonly amount: string; readonly at: Date };
}
expectTypeOf<JsonOf<Money>>().toEqualTypeOf<{ readonly amount: string; readonly at: string }>();
declare class Late {
  toJSON(): Date;
}
expectTypeOf<JsonOf<{ late: Late }>>().toEqualTypeOf<{ late: {} }>();
expectTypeOf<JsonOf<URL>>().toEqualTypeOf<string>();

// What JSON leaves out is left out, or may be missing.
interface Mixed {
  kept: string;
  a: undefined;
  b: () => void;
  c: symbol;
  d: typeof Money;
  [Symbol.iterator]: string;
}
expectTypeOf<JsonOf<Mixed>>().toEqualTypeOf<{ kept: string }>();
expectTypeOf<JsonOf<{ a: string | undefined; b?: Date | undefined; c: number | (() => void) }>>().toEqualTypeOf<{
  a?: string;
  b?: string;
  c?: number;
}>();

// In a list it is null, and so is data that is nothing.
expectTypeOf<JsonOf<(string | undefined)[]>>().toEqualTypeOf<(string | null)[]>();
expectTypeOf<JsonOf<[symbol, () => void]>>().toEqualTypeOf<[null, null]>();
expectTypeOf<JsonOf<undefined>>().toEqualTypeOf<null>();

// What has no JSON does not come, and of a Map nothing is left.
expectTypeOf<JsonOf<bigint>>().toBeNever();
expectTypeOf<JsonOf<{ n: string | bigint }>>().toEqualTypeOf<{ n: string }>();
expectTypeOf<JsonOf<Map<string, Date>>>().toEqualTypeOf<Readonly<Record<string, never>>>();
expectTypeOf<JsonOf<Set<string>>>().toEqualTypeOf<Readonly<Record<string, never>>>();

// Unions are those of their members, and stay apart.
type Shape = { kind: "circle"; at: Date } | { kind: "square"; side?: number | undefined };
expectTypeOf<JsonOf<Shape>>().toEqualTypeOf<{ kind: "circle"; at: string } | { kind: "square"; side?: number }>();

// Types may contain themselves.
interface Tree {
  readonly at: Date;
  readonly children: readonly Tree[];
}
declare const tree: JsonOf<Tree>;
expectTypeOf(tree.children[0]?.children[0]?.at).toEqualTypeOf<string | undefined>();
const json = z.json();
declare const anything: JsonOf<z.output<typeof json>>;
expectTypeOf(anything).toExtend<z.output<typeof json>>();
