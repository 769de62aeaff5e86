import type { Readable, Writable } from "node:stream";
import { isCancel, select, text } from "@clack/prompts";
import { defaultName, packageNameFault } from "./package-name.ts";
import type { PluginChoices, PluginForm, PluginKind } from "./plugin-choices.ts";
import { Refusal } from "./refusal.ts";
import { folderFault } from "./write-plugin.ts";

/** Where the questions appear, and the answers come from. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks for what was not given. @throws {Refusal} when whoever is asked breaks off */
export async function askChoices(given: Partial<PluginChoices>, terminal: Terminal): Promise<PluginChoices> {
  const kind =
    given.kind ??
    answer(
      await select<PluginKind>({
        ...terminal,
        message: "What is the plugin?",
        options: [
          { value: "sink", label: "A sink", hint: "takes events out, to another system" },
          { value: "source", label: "A source", hint: "brings events in from outside" },
        ],
      }),
    );
  const folder =
    given.folder ??
    answer(
      await text({
        ...terminal,
        message: "In which folder is its package to be?",
        initialValue: `my-${kind}`,
        validate: (value = "") => (value === "" ? "Write a folder" : folderFault(value)),
      }),
    );
  const name =
    given.name ??
    answer(
      await text({
        ...terminal,
        message: "What is the package called?",
        initialValue: defaultName(folder),
        validate: (value = "") => packageNameFault(value),
      }),
    );
  const form =
    given.form ??
    answer(
      await select<PluginForm>({
        ...terminal,
        message: "How is it written?",
        options: [
          { value: "factory", label: "As a function", hint: "the plain form" },
          { value: "class", label: "As a class", hint: "with decorators, which need a compiler" },
        ],
      }),
    );
  return { folder, kind, form, name };
}

function answer<Value>(given: Value): Exclude<Value, symbol> {
  if (isCancel(given)) throw new Refusal("Nothing was written.");
  return given as Exclude<Value, symbol>;
}
