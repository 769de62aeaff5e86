import assert from "node:assert/strict";
import { optionTests } from "../suite/option-tests.ts";
import type { SinkTest } from "./sink-test.ts";

export const options: readonly SinkTest[] = [
  ...optionTests,
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
