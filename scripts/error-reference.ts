import { readFileSync } from "node:fs";
import { BusError, type BusErrorCode } from "../packages/core/src/errors.ts";

const table = new URL("../packages/core/src/errors.ts", import.meta.url);

/** The page, and the file that it is made from. */
export const errorsPage: URL = new URL("../docs/reference/errors.md", import.meta.url);

const INTRODUCTION = `# Errors

<!-- Made from packages/core/src/errors.ts by \`pnpm docs:errors\`: change that. -->

Every failure that Bus throws, rejects with or reports is a \`BusError\` with one of these codes. A code never changes within a major version; the wording of a message may. Test for one with \`BusError.is(error, "BUS_BACKLOG_FULL")\`, which also works when two copies of \`@bus/core\` are installed. What went wrong underneath, where there is such a thing, is the error's \`cause\`. In the messages below, \`<…>\` stands for what differs from case to case.
`;

/** A doc comment, an error code and the parameters of its message. */
const ENTRY = /^ {2}\/\*\*\n((?: {3}\*.*\n)+?) {3}\*\/\n {2}(BUS_[A-Z_]+): \(([^)]*)\)/gm;
const MEND = "What to do. ";

/**
 * docs/reference/errors.md, from the table of codes: its messages, and the prose above each.
 *
 * @throws {Error} naming a code without prose, or without what to do.
 */
export function errorReference(): string {
  const source = readFileSync(table, "utf8");
  const codes = Array.from(source.matchAll(/^ {2}(BUS_[A-Z_]+):/gm), ([, code]) => String(code));
  const sections = new Map(
    Array.from(source.matchAll(ENTRY), ([, comment = "", code = "", parameters = ""]) => [
      code,
      sectionOf(code as BusErrorCode, paragraphsOf(comment), parameters),
    ]),
  );
  const silent = codes.filter((code) => !sections.has(code));
  if (codes.length === 0 || silent.length > 0)
    throw new Error(`packages/core/src/errors.ts says nothing above ${silent.join(", ")}.`);
  return [INTRODUCTION, ...sections.values()].join("\n");
}

function sectionOf(code: BusErrorCode, paragraphs: readonly string[], parameters: string): string {
  const mend = paragraphs.findIndex((paragraph) => paragraph.startsWith(MEND));
  if (mend < 1)
    throw new Error(`The comment above ${code} must say what it means, and then, after "${MEND}", the mend.`);
  const meaning = paragraphs.slice(0, mend);
  const mends = paragraphs.slice(mend).join("\n\n").replace(MEND, "**What to do.** ");
  return [`## ${code}`, `> \`${messageOf(code, parameters)}\``, ...meaning, mends].join("\n\n") + "\n";
}

/** The message, with its parameters' names where their values go. */
function messageOf(code: BusErrorCode, parameters: string): string {
  const placeholders = Array.from(parameters.matchAll(/(\w+):/g), ([, name]) => `<${name}>`);
  // Every one is only put into the text.
  return new BusError(code, placeholders as never).message;
}

function paragraphsOf(comment: string): readonly string[] {
  const text = comment.replaceAll(/^ {3}\* ?/gm, "");
  return text.split(/\n\n+/).map((paragraph) => paragraph.trim().replaceAll("\n", " "));
}
