/** An object of the host's, interfaces too: no list, and no promise of one. */
export type AnyObject =
  | Readonly<Record<string, unknown>>
  | (object & { readonly [Symbol.iterator]?: never; readonly then?: never });
