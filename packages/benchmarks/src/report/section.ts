import type { Entrant, LineUp } from "../line-up.ts";

export interface Section {
  readonly question: string;
  /** How it was measured, a sentence each. */
  readonly conditions: readonly string[];
  readonly tables: readonly string[];
}

/** Prints one measurement as Markdown. */
export function printSection({ question, conditions, tables }: Section): void {
  const list = conditions.map((condition) => `- ${condition}`).join("\n");
  console.log([`## ${question}`, list, ...tables].join("\n\n"));
}

/** A line for each contender, and for each that is not there. */
export function conditionsOf<E extends Entrant>({ contenders, leftOut }: LineUp<E>): readonly string[] {
  return [...contenders.map(({ name, conditions }) => `${name}: ${conditions}`), ...leftOut];
}

/** For whoever waits; not part of the report. */
export function progress(text: string): void {
  console.error(text);
}
