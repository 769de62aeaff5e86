import { wordsOf } from "./given-choices.ts";
import { defaultName, packageNameFault } from "./package-name.ts";
import { FORMS, KINDS, type PluginChoices } from "./plugin-choices.ts";
import { Refusal } from "./refusal.ts";

/** What was given, where nobody can be asked. @throws {Refusal} that names what is missing */
export function completeChoices({ folder, kind, form, name }: Partial<PluginChoices>): PluginChoices {
  const missing: string[] = [];
  if (folder === undefined) missing.push("a folder");
  if (kind === undefined) missing.push(wordsOf("kind", KINDS));
  if (form === undefined) missing.push(wordsOf("form", FORMS));
  if (folder === undefined || kind === undefined || form === undefined)
    throw new Refusal(`This is no terminal, so that nothing can be asked. Write ${missing.join(", and ")}.`);
  if (name !== undefined) return { folder, kind, form, name };
  const fault = packageNameFault(defaultName(folder));
  if (fault !== undefined)
    throw new Refusal(`The folder's name cannot be the package's: ${fault}. Write --name <package>.`);
  return { folder, kind, form, name: defaultName(folder) };
}
