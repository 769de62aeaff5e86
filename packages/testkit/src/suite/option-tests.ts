import assert from "node:assert/strict";
import { BusError } from "@bus/core";
import type { PluginTest } from "./plugin-bench.ts";
import { ProcessWatch } from "./process-watch.ts";

const UNKNOWN_OPTION = "optionOfTheSuite";

export const optionTests: readonly PluginTest[] = [
  {
    name: "refuses an option that it does not know, by its name",
    run: async (bench) => {
      const make = (): unknown => bench.plugin({ [UNKNOWN_OPTION]: 1 });

      assert.throws(make, (error) => {
        assert.ok(
          BusError.is(error, "BUS_OPTION_INVALID"),
          `an unknown option is refused with BUS_OPTION_INVALID, not ${String(error)}: make the schema of the options strict`,
        );
        assert.match(error.message, new RegExp(UNKNOWN_OPTION), "the message is to name the option that is not known");
        return true;
      });
    },
  },
  {
    name: "is a value that nobody can change",
    run: async (bench) => {
      const plugin = bench.plugin();

      const why = "what the factory gives is frozen: return what defineSink or defineSource made, or freeze it";
      assert.ok(Object.isFrozen(plugin), why);
    },
  },
  {
    name: "does nothing before the bus starts",
    run: async (bench) => {
      const watch = new ProcessWatch();

      const { bus } = bench.prepare();
      bus.inspect();

      assert.deepEqual(watch.newResources, [], "the factory is to open nothing");
      assert.equal(bench.clock.timers, 0, "the factory is to set no timer");
      await bench.clock.settled();
      assert.deepEqual(watch.newResources, [], "the factory is to open nothing, a moment later neither");
    },
  },
];
