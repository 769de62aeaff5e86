import { BusError } from "@bus/core";

/** What the WHATWG parser would silently repair is refused: missing slashes, an empty host, blanks and control characters. */
const WELL_SPELLED = /^https?:\/\/[^/\\?#\s]/i;
const BLANK_OR_CONTROL = /[\s\x00-\x1f\x7f]/;

/**
 * Parses the URL of a target: absolute, http or https, with a host, without credentials.
 *
 * @throws {BusError} BUS_URL_INVALID, which says why and never shows the URL: its path or query may be secret
 */
export function parseTargetUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !WELL_SPELLED.test(text) || BLANK_OR_CONTROL.test(text)) {
    throw new BusError("BUS_URL_INVALID", ["write an absolute http or https URL with a host"]);
  }
  if (url.username !== "" || url.password !== "") {
    throw new BusError("BUS_URL_INVALID", [`it carries credentials for ${url.host}: send them in a header`]);
  }
  return url;
}
