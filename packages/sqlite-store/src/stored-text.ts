/** Begins a text that SQLite could not keep as it is. No character: Unicode sets it apart for uses like this. */
const MARK = "\ufdd0";

/**
 * The text as it is kept. SQLite keeps UTF-8, in which lone surrogates would all become the same replacement character; a text that has one is
 * kept as JSON behind a mark. Every other text is kept as it is.
 */
export function storedText(text: string): string {
  return text.isWellFormed() && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text);
}

export function storedTextOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storedText(text);
}

/** The text that {@link storedText} was given. */
export function plainText(stored: string): string {
  return stored.startsWith(MARK) ? String(JSON.parse(stored.slice(MARK.length))) : stored;
}

export function plainTextOrUndefined(stored: string | null): string | undefined {
  return stored === null ? undefined : plainText(stored);
}

/** The least stored text that is marked, and the least that follows all marked ones. */
export const MARKED_RANGE: readonly [string, string] = [MARK, "\ufdd1"];
