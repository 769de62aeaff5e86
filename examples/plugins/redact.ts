// #region token
import { token, type Token } from "@bus/core";

/** Takes out of an event's data what must not be found. */
export type Redact = (data: unknown) => unknown;

/** Under this token a host provides it: `provide: [provide(REDACT, redact)]`. */
export const REDACT: Token<Redact> = token("search-sink:redact");
// #endregion token
