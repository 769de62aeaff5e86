import { parseArgs } from "node:util";

/** What the command line says. Where it cannot be understood, the process ends. */
export function readArguments(): { readonly store: string | undefined } {
  try {
    const { values } = parseArgs({ options: { store: { type: "string" } } });
    if (values.store === "") throw new Error("Option '--store <value>' is empty");
    return { store: values.store };
  } catch (error) {
    return endFor(error);
  }
}

/** Ends the process with a sentence in place of a stack: what is wrong is what its user wrote. */
export function endFor(error: unknown): never {
  console.error(`${error instanceof Error ? error.message : String(error)}\nUsage: node main.ts [--store <file>]`);
  process.exit(1);
}
