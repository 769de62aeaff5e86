import type { Contender } from "./contender.ts";

/** What takes part in a measurement. */
export type Entrant = Pick<Contender, "name" | "conditions" | "close">;

/** Who takes part, and why the others do not. */
export interface LineUp<E extends Entrant = Contender> {
  readonly contenders: readonly E[];
  readonly leftOut: readonly string[];
  close(): Promise<void>;
}

/** Readies each in turn. One whose server is not there is left out; that fails nothing. */
export async function lineUp<E extends Entrant>(
  entries: Readonly<Record<string, () => Promise<E>>>,
): Promise<LineUp<E>> {
  const contenders: E[] = [];
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
