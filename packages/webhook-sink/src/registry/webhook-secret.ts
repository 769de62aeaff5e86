import { randomBytes } from "node:crypto";
import type { StoredSecret } from "../webhook-record.ts";

/** Old secrets that sign beside the new one: each adds to every request's headers. */
const MAX_OLD = 3;

/** `whsec_` and base64 of 32 bytes, as the Standard Webhooks write it. */
export function makeSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** The secrets once another has become the current one: none of the old ones signs beyond `oldEndAt`, nor longer than it would have. */
export function rotated(
  secrets: readonly StoredSecret[],
  secret: string,
  { now, oldEndAt }: { readonly now: number; readonly oldEndAt: number },
): readonly StoredSecret[] {
  const old = secrets.map((one) => ({ secret: one.secret, endsAt: Math.min(one.endsAt ?? Infinity, oldEndAt) }));
  return [{ secret }, ...old.filter(({ endsAt }) => endsAt > now).slice(0, MAX_OLD)];
}
