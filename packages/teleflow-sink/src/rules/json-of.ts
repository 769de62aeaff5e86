/**
 * What is left of a value once it was JSON, as a stored event's data was: a Date is the text its `toJSON` gives, functions and undefined are gone,
 * and of a Map nothing is left. A number may have been NaN, which types do not tell, and is null then.
 */
export type JsonOf<T> = unknown extends T
  ? T // unknown and any
  : T extends { toJSON(key: string): infer Json }
    ? JsonBody<Json>
    : JsonBody<T>;

/** The same without `toJSON`: what one gives is not asked for another. */
type JsonBody<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends Nothing
      ? null
      : T extends bigint
        ? never
        : T extends readonly unknown[]
          ? JsonList<T>
          : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
            ? Readonly<Record<string, never>>
            : JsonObject<T>;

/** Mapped, a list would ask for its items at once: types that contain lists of themselves would have no end. Tuples are mapped. */
type JsonList<T extends readonly unknown[]> = number extends T["length"]
  ? T extends unknown[]
    ? JsonOf<T[number]>[]
    : readonly JsonOf<T[number]>[]
  : { [Index in keyof T]: JsonOf<T[Index]> };

/** In two parts, put together again so that the compiler prints one. */
type JsonObject<T> = Printed<
  { [Key in keyof T as KeptKey<T, Key>]: JsonOf<T[Key]> } & {
    [Key in keyof T as PossibleKey<T, Key>]?: JsonOf<Exclude<T[Key], Nothing>>;
  }
>;

type Printed<T> = T extends infer Parts ? { [Key in keyof Parts]: Parts[Key] } : never;

/** What JSON leaves out of an object, and makes null in a list. */
type Nothing = undefined | symbol | ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** `Key` where its value is always there. */
type KeptKey<T, Key extends keyof T> = Key extends symbol
  ? never
  : unknown extends T[Key]
    ? Key
    : [Extract<T[Key], Nothing>] extends [never]
      ? Key
      : never;

/** `Key` where its value may be missing, but need not. */
type PossibleKey<T, Key extends keyof T> = Key extends symbol
  ? never
  : unknown extends T[Key]
    ? never
    : [Extract<T[Key], Nothing>] extends [never]
      ? never
      : [Exclude<T[Key], Nothing>] extends [never]
        ? never
        : Key;
