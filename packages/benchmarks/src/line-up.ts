import type { Contender } from "./contender.ts";

/** Who takes part, and why the others do not. */
export interface LineUp {
  readonly contenders: readonly Contender[];
  readonly leftOut: readonly string[];
  close(): Promise<void>;
}

/** Readies each in turn. One whose server is not there is left out; that fails nothing. */
export async function lineUp(entries: Readonly<Record<string, () => Promise<Contender>>>): Promise<LineUp> {
  const contenders: Contender[] = [];
  const leftOut: string[] = [];
  for (const [name, enter] of Object.entries(entries)) {
    try {
      contenders.push(await enter());
    } catch (error) {
      leftOut.push(`${name}: left out, ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const close = async (): Promise<void> => {
    for (const contender of contenders) await contender.close();
  };
  return { contenders, leftOut, close };
}
