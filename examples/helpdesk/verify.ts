import type { IncomingHttpHeaders } from "node:http";
import { BusError } from "@bus/core";
import { verifyWebhook } from "@bus/webhook-sink";

/** The id of a webhook that its owner's secrets vouch for; undefined: refuse it. */
export type Verify = (body: Buffer, headers: IncomingHttpHeaders, secrets: readonly string[]) => string | undefined;

// #region verify
/** The id of a genuine webhook. */
export function verify(body: Buffer, headers: IncomingHttpHeaders, secrets: readonly string[]): string | undefined {
  try {
    return verifyWebhook(body, headers, secrets).eventId;
  } catch (error) {
    if (BusError.is(error, "BUS_SIGNATURE_INVALID")) return undefined;
    throw error;
  }
}
// #endregion verify
