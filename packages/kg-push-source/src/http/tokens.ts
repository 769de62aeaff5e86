import { hash, timingSafeEqual } from "node:crypto";

/** The scheme's name is in no case of its own (RFC 9110, 11.1). */
const AUTHORIZATION = /^token +([\x21-\x7e]+)$/i;

export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/** What is kept of a token: of one length whatever the token's. */
export function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** Whether the header carries one of the tokens. Takes as long for any as for none. */
export function isAuthorized(authorization: string | undefined, tokens: readonly Buffer[]): boolean {
  const [, given] = AUTHORIZATION.exec(authorization ?? "") ?? [];
  if (given === undefined) return false;
  const digest = digestOf(given);
  return tokens.reduce((isKnown, token) => timingSafeEqual(token, digest) || isKnown, false);
}
