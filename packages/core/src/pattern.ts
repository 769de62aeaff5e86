import { BusError } from "./errors.ts";

const EVENT_TYPE = /^[\w-]+(?:\.[\w-]+)*$/;
const PATTERN = /^[\w*-]+(?:\.[\w*-]+)*$/;
const MAX_PATTERN_LENGTH = 200;

/** Whether `type` is made of dot-separated words of letters, digits, "_" and "-". */
export function isEventType(type: string): boolean {
  return EVENT_TYPE.test(type);
}

/**
 * The test for event types that a pattern stands for: `*` is any run of characters but dots, `**` any run, either may be empty.
 * Time grows with the product of both lengths at worst, whatever the stars.
 *
 * @throws {BusError} BUS_PATTERN_INVALID
 */
export function compilePattern(pattern: string): (type: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH || !PATTERN.test(pattern) || pattern.includes("***")) {
    throw new BusError("BUS_PATTERN_INVALID", [pattern]);
  }
  if (!pattern.includes("*")) return (type) => type === pattern;
  // Backwards, because the matcher works its way from the end.
  const parts = (pattern.match(/\*\*|./g) ?? []).reverse();
  return (type) => matchesParts(parts, type);
}

/** No backtracking: after each part, `fits[i]` says whether the parts so far match all of `type` from `i` on. */
function matchesParts(parts: readonly string[], type: string): boolean {
  let fits: boolean[] = Array.from({ length: type.length + 1 }, (_, i) => i === type.length);
  for (const part of parts) {
    const next: boolean[] = Array.from(fits, () => false);
    for (let i = type.length; i >= 0; i--) {
      if (part === "**") next[i] = fits[i] === true || next[i + 1] === true;
      else if (part === "*") next[i] = fits[i] === true || (type[i] !== "." && next[i + 1] === true);
      else next[i] = type[i] === part && fits[i + 1] === true;
    }
    fits = next;
  }
  return fits[0] === true;
}
