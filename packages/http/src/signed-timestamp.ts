import { BusError } from "@bus/core";

export interface VerifyOptions {
  /** Ms since the epoch. @default Date.now() */
  readonly now?: number;
  /** How far the timestamp may be from now, either way, against replays. @default 300 */
  readonly toleranceSeconds?: number;
}

/** @throws {BusError} BUS_SIGNATURE_INVALID when the signed timestamp is not unix seconds, or too far from now */
export function checkTimestamp(
  timestamp: string | number,
  { now = Date.now(), toleranceSeconds = 300 }: VerifyOptions,
): void {
  if (!/^\d{1,12}$/.test(String(timestamp))) {
    throw new BusError("BUS_SIGNATURE_INVALID", ["the timestamp is not in unix seconds"]);
  }
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) {
    throw new BusError("BUS_SIGNATURE_INVALID", [`the timestamp is more than ${toleranceSeconds} s away from now`]);
  }
}
