import { messagesOf } from "../calls/parse-body.ts";

/** How an error answer to a bulk names one of its triggers: in words, or as the path of a field. The first is 0. */
const NAMES = /\bevent at index (\d+)|\bevents(?:\.|\[)(\d+)/gi;

/** The triggers of a bulk that its error answer names, none where it names no one. @param count triggers of the bulk */
export function namedIndexes(body: unknown, count: number): ReadonlySet<number> {
  const named = messagesOf(body).flatMap((message) =>
    [...message.matchAll(NAMES)].map(([, inWords, inPath]) => Number(inWords ?? inPath)),
  );
  return new Set(named.filter((index) => index < count));
}
