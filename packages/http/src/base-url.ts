import { BusError } from "@bus/core";
import { checkAllowList } from "./allow-list.ts";
import { parseTargetUrl } from "./target-url.ts";

/**
 * Checks a URL of a host's own, to which a sink appends paths.
 *
 * @throws {BusError} BUS_URL_INVALID, BUS_OPTION_INVALID for a host that cannot be allowed; neither shows the URL
 */
export function checkBaseUrl(text: string): void {
  parseTargetUrl(text);
  if (/[?#]/.test(text)) throw new BusError("BUS_URL_INVALID", ["write it without a query and a fragment"]);
  checkAllowList([hostOf(text)]);
}

/** The same URL, ready for a path to be appended. */
export function withoutTrailingSlashes(url: string): string {
  return url.replace(/\/+$/, "");
}

/** The host name or address, as an allow-list has it. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}
