import { writeSync } from "node:fs";

/** One line for the parent, written before it returns. */
export function report(line: Readonly<Record<string, unknown>>): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
