import assert from "node:assert/strict";
import { leakIn } from "../suite/leak.ts";
import { thrownBy } from "../suite/thrown-by.ts";
import { overhear } from "../suite/overhear.ts";
import type { SourceBench } from "./source-bench.ts";
import type { Declared } from "./source-subject.ts";
import type { SourceTest } from "./source-test.ts";
import { troubles } from "./troubles.ts";

const needsSecret = ({ secret }: Declared): boolean => secret;

export const secrets: readonly SourceTest[] = [
  {
    name: "keeps its secret out of the log",
    needs: needsSecret,
    run: async (bench) => {
      const reported: unknown[] = [];
      const heard = await overhear(async () => {
        const { running } = await troubles(bench);
        await running.stop();
        reported.push(...running.reported);
      });

      for (const each of heard) assertSafe(bench, each, "What is written to the console or the process's output shows");
      for (const entry of bench.log.entries) assertSafe(bench, entry, `The log says "${entry.message}", and with it`);
      for (const error of reported) assertSafe(bench, error, "An error that bus.events reports shows");
    },
  },
  {
    name: "keeps its secret out of the errors of its options",
    needs: needsSecret,
    run: async (bench) => {
      const make = (): unknown => bench.plugin({ optionOfTheSuite: 1 });

      // That it throws is for another test to see.
      const error = thrownBy(make);
      assertSafe(bench, error, "What the factory throws for a wrong option shows");
    },
  },
  {
    name: "keeps its secret out of its answers",
    needs: ({ secret, kind }) => secret && kind === "caller",
    run: async (bench) => {
      const { offerings } = await troubles(bench);

      for (const { answer } of offerings) {
        assertSafe(bench, answer?.text ?? "", `An answer (${answer?.status}) shows`);
        assertSafe(bench, answer?.headers, `The headers of an answer (${answer?.status}) show`);
      }
    },
  },
  {
    name: "keeps its secret out of the store",
    needs: needsSecret,
    run: async (bench) => {
      await troubles(bench);

      const { recorded, stateChanges } = bench.contents;
      assertSafe(bench, recorded, "The events that it publishes show");
      assertSafe(bench, stateChanges, "The state that it keeps shows");
    },
  },
  {
    name: "keeps its secret out of what is printed",
    needs: needsSecret,
    run: async (bench) => {
      const plugin = bench.plugin();
      const { bus, source } = await bench.start({ plugin });

      assertSafe(bench, plugin, "The plugin, when it is printed, shows");
      assertSafe(bench, bus, "The bus, when it is printed, shows");
      assertSafe(bench, bus.inspect(), "bus.inspect() shows");
      assertSafe(bench, source.api, "The source's api, when it is printed, shows");
    },
  },
];

function assertSafe({ secret }: SourceBench, value: unknown, what: string): void {
  const leak = leakIn(value, secret);
  assert.equal(leak, undefined, `${what} the secret ${leak}: nobody may read it there.`);
}
