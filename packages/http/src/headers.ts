import { BusError } from "@bus/core";

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What a header value may hold: tab, printable ASCII and Latin-1. No CR, LF or NUL: they would begin a header or a message of their own. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Headers that frame the message or speak to the next hop: the transport's to write. A user's `content-length`, for one,
 * would make the rest of the body a second request.
 */
const RESERVED = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Checks headers a user has chosen. The transport calls it for every request; call it on options too, to fail at start-up.
 *
 * @throws {BusError} BUS_HEADER_INVALID, which names the header and never shows its value
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  checkedHeaders(headers);
}

/**
 * The same, and gives them with their names in lower case.
 *
 * @throws {BusError} BUS_HEADER_INVALID
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const checked = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const fault = faultOf(lower, value) ?? (checked.has(lower) ? "is given twice, in different case" : undefined);
    if (fault !== undefined) throw new BusError("BUS_HEADER_INVALID", [JSON.stringify(name).slice(1, -1), fault]);
    checked.set(lower, value);
  }
  return checked;
}

function faultOf(name: string, value: unknown): string | undefined {
  if (!NAME.test(name)) return "has a name that HTTP does not allow";
  if (RESERVED.has(name) || name.startsWith("proxy-")) return "is written by the transport alone: leave it out";
  if (typeof value !== "string") return "has a value that is no string";
  if (!VALUE.test(value)) return "has a control character or one outside Latin-1 in its value";
  return undefined;
}
