import { describe, expect, it } from "vitest";
import { defaultName, packageNameFault, pluginNameOf } from "../src/package-name.ts";
import { spelledFor } from "../src/spelled.ts";

describe("packageNameFault", () => {
  it.each(["crm", "crm-sink", "@acme/crm-sink", "@acme/bus-crm-sink", "crm_2.exports"])("takes %s", (name) => {
    expect(packageNameFault(name)).toBeUndefined();
  });

  it.each([
    ["", "is no package name"],
    ["Crm", "is no package name"],
    ["crm sink", "is no package name"],
    [".crm", "is no package name"],
    ["_crm", "is no package name"],
    ["acme/crm", "is no package name"],
    ["@acme/", "is no package name"],
    ["../crm", "is no package name"],
    ["crm\n", "is no package name"],
    ["http", "is taken"],
    ["node_modules", "is taken"],
    ["a".repeat(215), "more than 214"],
    ["3-crm", "begin with a letter"],
    ["@acme/3-crm", "begin with a letter"],
  ])("refuses %j", (name, words) => {
    expect(packageNameFault(name)).toContain(words);
  });
});

describe("pluginNameOf", () => {
  it.each([
    ["crm", "crm"],
    ["crm-sink", "crm"],
    ["crm-source", "crm"],
    ["bus-crm", "crm"],
    ["@acme/bus-crm-sink", "crm"],
    ["@acme/big-crm", "big-crm"],
    ["crm.v2-sink", "crm-v2"],
    ["sink", "sink"],
    ["bus-sink", "sink"],
    ["bus", "bus"],
    ["kitchen-sink-sink", "kitchen-sink"],
  ])("of %s it is %s", (name, plugin) => {
    expect(pluginNameOf(name)).toBe(plugin);
  });
});

it("takes the folder's name for the package's, in lower case", () => {
  expect(defaultName("plugins/CRM-sink/")).toBe("crm-sink");
});

it("spells the plugin's name as a file, a value and a type", () => {
  const spelled = spelledFor("@acme/big-crm-3-sink");

  expect(spelled("my-package my-target myTargetSink MyTargetSink my-target-my-target")).toBe(
    "@acme/big-crm-3-sink big-crm-3 bigCrm3Sink BigCrm3Sink big-crm-3-big-crm-3",
  );
});
