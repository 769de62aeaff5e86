import { BusError } from "@bus/core";
import { orderSource } from "../order-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

/** Longer than the test looks; then it goes, so that the process may end. */
const A_MOMENT_MS = 50;

export const options: readonly SourceSaboteur[] = [
  {
    name: "takes options that it does not know",
    caughtBy: ["refuses an option that it does not know, by its name"],
    subject: { create: ({ secret }) => orderSource({ secret }) },
  },
  {
    name: "does not say which option it refuses",
    caughtBy: ["refuses an option that it does not know, by its name"],
    subject: {
      create: ({ secret }, extra) => {
        const isKnown = Object.keys(extra).length === 0;
        if (!isKnown) throw new BusError("BUS_OPTION_INVALID", ["The options of the orders", "one is not known"]);
        return orderSource({ secret });
      },
    },
  },
  {
    name: "can be changed by whoever has it",
    caughtBy: ["is a value that nobody can change"],
    plugin: (plugin) => Object.defineProperty({ ...plugin }, "options", { value: plugin.options }),
  },
  {
    name: "begins to work in the factory",
    caughtBy: ["does nothing before the bus starts"],
    plugin: (plugin) => {
      setTimeout(() => undefined, A_MOMENT_MS);
      return plugin;
    },
  },
];
