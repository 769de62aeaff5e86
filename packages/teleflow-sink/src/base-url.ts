import { BusError } from "@bus/core";
import { checkAllowList, parseTargetUrl } from "@bus/http";

/**
 * Checks the URL of a Teleflow service, to which paths are appended.
 *
 * @throws {BusError} BUS_URL_INVALID, BUS_OPTION_INVALID for a host that cannot be allowed; neither shows the URL
 */
export function checkServiceUrl(text: string): void {
  parseTargetUrl(text);
  if (/[?#]/.test(text)) throw new BusError("BUS_URL_INVALID", ["write it without a query and a fragment"]);
  checkAllowList([hostOf(text)]);
}

/** The same URL with the version of the API at its end, ready for a path. A prefix stays. */
export function baseUrlOf(text: string): string {
  const url = text.replace(/\/+$/, "");
  return new URL(url).pathname.endsWith("/v1") ? url : `${url}/v1`;
}

/** The host name or address, as an allow-list has it. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}
