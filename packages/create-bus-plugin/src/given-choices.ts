import { parseArgs } from "node:util";
import { FORMS, KINDS, type PluginChoices } from "./plugin-choices.ts";
import { packageNameFault } from "./package-name.ts";
import { Refusal } from "./refusal.ts";
import { folderFault } from "./write-plugin.ts";

export const USAGE = `Usage: create-bus-plugin [folder] [--kind sink|source] [--form factory|class] [--name <package>]

Writes the package of a new Bus plugin into the folder, and asks for what is left out.

  --kind   sink: takes events out; source: brings events in
  --form   factory: a function makes the plugin; class: a class with decorators is it
  --name   of the package, as npm has it: crm-sink, or @acme/crm-sink; by default the folder's name
  --help   shows this
`;

/** What the command line says: all of it valid, some of it perhaps not there. */
export interface GivenChoices extends Partial<PluginChoices> {
  readonly isHelp: boolean;
}

/** @throws {Refusal} that names the argument */
export function givenChoices(args: readonly string[]): GivenChoices {
  const { values, positionals } = parsed(args);
  const [folder, ...others] = positionals;
  if (others.length > 0) throw new Refusal(`There is more than one folder: ${positionals.join(", ")}.`);
  const kind = oneOf("kind", KINDS, values.kind);
  const form = oneOf("form", FORMS, values.form);
  const { name, help: isHelp = false } = values;
  const fault = (name === undefined ? undefined : packageNameFault(name)) ?? (folder && folderFault(folder));
  if (fault) throw new Refusal(`${fault}.`);
  return { isHelp, ...(folder !== undefined && { folder }), ...kind, ...form, ...(name !== undefined && { name }) };
}

function parsed(args: readonly string[]) {
  const option = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { kind: option, form: option, name: option, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<Flag extends string, Word extends string>(
  flag: Flag,
  words: readonly Word[],
  given: string | undefined,
): { readonly [F in Flag]?: Word } {
  if (given === undefined) return {};
  const word = words.find((each) => each === given);
  if (word === undefined) throw new Refusal(`--${flag} ${given} is unknown: write ${wordsOf(flag, words)}.`);
  return { [flag]: word } as { readonly [F in Flag]?: Word };
}

/** `--kind sink or --kind source`. */
export function wordsOf(flag: string, words: readonly string[]): string {
  return words.map((word) => `--${flag} ${word}`).join(" or ");
}
