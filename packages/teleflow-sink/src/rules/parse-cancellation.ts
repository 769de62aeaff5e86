import { Misfit } from "./misfit.ts";

/** What is to be cancelled: what the rules sent for an event, or one transaction. */
export type Cancellation = { readonly event: string } | { readonly transactionId: string };

/** What is no part of a path, in any spelling; nor would a request for it be this one. */
const UNSAFE = /^\.{0,2}$|[\u0000-\u001f\u007f]/;

/** @throws {Misfit} */
export function parseCancellation(place: string, value: unknown): Cancellation {
  if (typeof value !== "object" || value === null) throw new Misfit(place, "expected { event } or { transactionId }");
  const fields = Object.entries(value).filter(([, content]) => content !== undefined);
  const [[field, id] = [], ...rest] = fields;
  if ((field !== "event" && field !== "transactionId") || rest.length > 0)
    throw new Misfit(place, "expected { event } or { transactionId }, one of them");
  if (typeof id !== "string" || id.length > 255 || UNSAFE.test(id) || !id.isWellFormed())
    throw new Misfit(`${place}.${field}`, "expected an id of 1 to 255 characters");
  return field === "event" ? { event: id } : { transactionId: id };
}
