declare const VALUE: unique symbol;

/** The name of something a plugin depends on, with its type. A plain string at run time, so that `@inject(TOKEN)` takes it too. */
export type Token<T> = string & { readonly [VALUE]: T };

/** Tokens are the same when their ids are: write the id as `package:thing`. */
export function token<T>(id: string): Token<T> {
  return id as Token<T>;
}

/** A value for a token, for the bus's `provide` option. */
export interface Provider {
  readonly token: string;
  readonly value: unknown;
}

/** Gives plugins a service of the host's. The bus never starts, stops or disposes it. */
export function provide<T>(name: Token<T>, value: T): Provider {
  return { token: name, value };
}
