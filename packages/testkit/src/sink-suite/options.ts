import assert from "node:assert/strict";
import { BusError } from "@bus/core";
import type { SinkTest } from "./sink-test.ts";

const UNKNOWN_OPTION = "optionOfTheSuite";

export const options: readonly SinkTest[] = [
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

      assert.ok(Object.isFrozen(plugin), "what the factory gives is frozen: return what defineSink made, or freeze it");
    },
  },
  {
    name: "does nothing before the bus starts",
    run: async (bench) => {
      const before = process.getActiveResourcesInfo().toSorted();
      const { bus } = bench.prepare();
      bus.inspect();

      assert.deepEqual(process.getActiveResourcesInfo().toSorted(), before, "the factory is to open nothing");
      await bench.clock.settled();
      assert.equal(bench.target.connections, 0, "the target is reached in start() at the earliest");
    },
  },
  {
    name: "takes batches as large as is declared",
    run: async (bench) => {
      const { sink } = await bench.start();

      const maxItems = sink.batch?.maxItems ?? 1;
      assert.equal(
        bench.subject.batch ?? 1,
        maxItems,
        "`batch` of the suite's options is to be the sink's batch.maxItems",
      );
    },
  },
  {
    name: "has a check if one is declared, and only then",
    run: async (bench) => {
      const { sink } = await bench.start();

      const hasCheck = sink.check !== undefined;
      assert.equal(
        bench.subject.check ?? false,
        hasCheck,
        "`check` of the suite's options says whether there is check()",
      );
    },
  },
];
