/** An editor's hard line break: a backslash at the end of a line. */
const HARD_BREAK = /\\\r?\n/g;

/** The content as receivers get it: plain line breaks, none at the end. Blank lines between paragraphs stay. */
export function messageContent(content: string | null | undefined): string | null {
  if (content === null || content === undefined) return null;
  const plain = content.replace(HARD_BREAK, "\n");

  let end = plain.length;
  while (end > 0 && (plain[end - 1] === "\n" || (plain[end - 1] === "\r" && plain[end] === "\n"))) end--;
  return plain.slice(0, end);
}
