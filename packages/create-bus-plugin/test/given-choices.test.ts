import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeChoices } from "../src/complete-choices.ts";
import { givenChoices } from "../src/given-choices.ts";
import { aFolder } from "./a-folder.ts";

describe("givenChoices", () => {
  it("reads the folder and the flags, in any order", () => {
    const args = ["--kind", "source", "plugins/crm", "--form=class", "--name", "@acme/crm"];

    expect(givenChoices(args)).toEqual({
      isHelp: false,
      folder: "plugins/crm",
      kind: "source",
      form: "class",
      name: "@acme/crm",
    });
  });

  it("leaves out what is not said", () => {
    expect(givenChoices([])).toEqual({ isHelp: false });
  });

  it.each([
    [["crm", "--kind", "store"], "--kind store is unknown: write --kind sink or --kind source."],
    [["crm", "--form", "function"], "--form function is unknown: write --form factory or --form class."],
    [["crm", "--name", "My Crm"], '"My Crm" is no package name'],
    [["crm", "other"], "more than one folder: crm, other"],
    [["crm", "--typescript"], "--typescript"],
    [["crm", "--kind"], "--kind"],
    [["."], "is not empty"],
  ])("refuses %j", (args, words) => {
    expect(() => givenChoices(args)).toThrow(words);
  });

  it("refuses a folder that is not empty before anything is asked", () => {
    const folder = aFolder();
    writeFileSync(join(folder, "file"), "");

    expect(() => givenChoices([folder])).toThrow(`The folder ${folder} is not empty`);
  });
});

describe("completeChoices", () => {
  it("takes the folder's name where no other is said", () => {
    expect(completeChoices({ folder: "plugins/crm-sink", kind: "sink", form: "factory" })).toEqual({
      folder: "plugins/crm-sink",
      kind: "sink",
      form: "factory",
      name: "crm-sink",
    });
  });

  it.each([
    [{ kind: "sink", form: "class" }, "Write a folder."],
    [{ folder: "crm", form: "class" }, "Write --kind sink or --kind source."],
    [{ folder: "crm", kind: "sink" }, "Write --form factory or --form class."],
    [{ folder: "crm" }, "Write --kind sink or --kind source, and --form factory or --form class."],
    [{ folder: "3 crms", kind: "sink", form: "class" }, "Write --name <package>."],
  ] as const)("names what is missing of %j", (given, words) => {
    expect(() => completeChoices(given)).toThrow(words);
  });
});
