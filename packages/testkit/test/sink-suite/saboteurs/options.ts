import { readFile } from "node:fs/promises";
import { BusError } from "@bus/core";
import { trackerSink } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

export const options: readonly SinkSaboteur[] = [
  {
    name: "takes options that it does not know",
    caughtBy: ["refuses an option that it does not know, by its name"],
    subject: { create: ({ url, secret }) => trackerSink({ url, secret }) },
  },
  {
    name: "does not say which option it refuses",
    caughtBy: ["refuses an option that it does not know, by its name"],
    subject: {
      create: ({ url, secret }, extra) => {
        const isKnown = Object.keys(extra).length === 0;
        if (!isKnown) throw new BusError("BUS_OPTION_INVALID", ["The options of the tracker", "one is not known"]);
        return trackerSink({ url, secret });
      },
    },
  },
  {
    name: "refuses options in words of its own, without a code",
    caughtBy: ["refuses an option that it does not know, by its name"],
    subject: {
      create: ({ url, secret }, extra) => {
        const [unknown] = Object.keys(extra);
        if (unknown !== undefined) throw new Error(`There is no option "${unknown}".`);
        return trackerSink({ url, secret });
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
      void readFile(new URL(import.meta.url));
      return plugin;
    },
  },
  {
    name: "takes fewer deliveries at once than its author says",
    caughtBy: ["takes batches as large as is declared"],
    subject: { batch: 6 },
  },
  {
    name: "has a check that its author does not speak of",
    caughtBy: ["has a check if one is declared, and only then"],
    subject: { check: false },
  },
];
