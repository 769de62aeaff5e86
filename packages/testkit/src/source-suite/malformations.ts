/** How a text is spoilt, by what becomes of it. */
type Malformations = Readonly<Record<string, (right: string) => string>>;

const BROKEN = '{"broken": ';

/** None of these can be read. */
export const UNREADABLE: Malformations = {
  "broken JSON": () => BROKEN,
  "a text cut short": cutShort,
};

/** These can be read, and say nothing. */
export const EMPTY: Malformations = {
  "an empty text": () => "",
  null: () => "null",
  "an empty list": () => "[]",
};

/** By its last bracket: what is no JSON may be right without its end. */
function cutShort(right: string): string {
  return /^\s*[[{]/.test(right) ? right.trimEnd().slice(0, -1) : BROKEN;
}
