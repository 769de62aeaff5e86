import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { askChoices } from "../src/ask-choices.ts";
import type { PluginChoices } from "../src/plugin-choices.ts";
import { Refusal } from "../src/refusal.ts";

const RETURN = "\r";
const DOWN = "\u001B[B";
const CTRL_C = "\u0003";

/** Types each text once its question is there. */
async function asked(
  given: Partial<PluginChoices>,
  typed: readonly (readonly [question: string, text: string])[],
): Promise<{ choices: PluginChoices; shown: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const left = [...typed];
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const [next] = left;
    if (!next || !shown.includes(next[0])) return;
    left.shift();
    // The question is shown before it listens.
    setImmediate(() => input.write(next[1]));
  });
  const choices = await askChoices(given, { input, output });
  expect(left).toEqual([]);
  return { choices, shown };
}

describe("askChoices", () => {
  it("asks for all that was not given", async () => {
    const { choices } = await asked({}, [
      ["What is the plugin?", DOWN + RETURN],
      ["In which folder", RETURN],
      ["called?", RETURN],
      ["How is it written?", DOWN + RETURN],
    ]);

    expect(choices).toEqual({ kind: "source", folder: "my-source", name: "my-source", form: "class" });
  });

  it("asks for nothing that was given", async () => {
    const given = { folder: "crm", kind: "sink", form: "factory", name: "crm-sink" } as const;

    const { choices, shown } = await asked(given, []);

    expect(choices).toEqual(given);
    expect(shown).toBe("");
  });

  it("asks again for a folder that is not empty, and a name that npm does not take", async () => {
    const { choices } = await asked({ kind: "sink", form: "class" }, [
      ["In which folder", `\u0015.${RETURN}`],
      ["is not empty", `\u0015crm${RETURN}`],
      ["called?", `!${RETURN}`],
      ["is no package name", `\u007F-sink${RETURN}`],
    ]);

    expect(choices).toMatchObject({ folder: "crm", name: "crm-sink" });
  });

  it("writes nothing when whoever is asked breaks off", async () => {
    const breaking = asked({}, [["What is the plugin?", CTRL_C]]);

    await expect(breaking).rejects.toEqual(new Refusal("Nothing was written."));
  });
});
