/**
 * How deep data may be nested. JSON.stringify gives up between four and five thousand with an empty stack of Node's usual size, so that what was
 * just possible at publish would not be at delivery.
 */
export const MAX_JSON_DEPTH = 2_000;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** Whether JSON text is nested deeper than {@link MAX_JSON_DEPTH}. */
export function isTooDeep(json: string): boolean {
  // Each level opens once: nearly every text has too few of either to look closer.
  if (countOf("{", json) + countOf("[", json) <= MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at);
    if (character === QUOTE) at = endOfText(json, at);
    else if (character === CLOSE_LIST || character === CLOSE_OBJECT) depth--;
    else if ((character === OPEN_LIST || character === OPEN_OBJECT) && ++depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}

/** Where the text that opens at `start` closes. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

/** Counts no further than it matters. */
function countOf(character: string, json: string): number {
  let count = 0;
  for (let at = json.indexOf(character); at >= 0 && count <= MAX_JSON_DEPTH; at = json.indexOf(character, at + 1))
    count++;
  return count;
}
