import assert from "node:assert/strict";
import { BusError, type AnySourcePlugin } from "@bus/core";
import type { SourceTest } from "./source-test.ts";

export const dependencies: readonly SourceTest[] = [
  {
    name: "depends on nothing that it does not declare",
    run: async (bench) => {
      const undeclared: string[] = [];

      await bench.start({ undeclared: (service) => void undeclared.push(service) });

      assert.deepEqual(undeclared, [], "what it is made of stands in `deps`, so that a host can provide it");
    },
  },
  {
    name: "declares all that the host is to provide",
    run: async (bench) => {
      const declared = Object.values(bench.plugin().deps);

      const stray = (bench.subject.provide ?? []).map(({ token }) => token).filter((token) => !isIn(declared, token));
      assert.deepEqual(
        stray,
        [],
        "what `provide` of the suite's options gives stands in `deps`: else it never gets there",
      );
    },
  },
  {
    name: "does not start without what it depends on, and says what that is",
    run: async (bench) => {
      const provided = bench.subject.provide ?? [];
      const required = requiredBy(bench.plugin());

      for (const missing of provided.filter(({ token }) => isIn(required, token))) {
        const { bus } = bench.prepare({ provide: provided.filter((provider) => provider !== missing) });
        await assert.rejects(bus.start(), (error) => {
          assert.ok(
            BusError.is(error, "BUS_DEPENDENCY_MISSING") && error.message.includes(missing.token),
            `without "${missing.token}" it is refused with BUS_DEPENDENCY_MISSING, not ${String(error)}`,
          );
          return true;
        });
      }
    },
  },
];

/** Without a default of its own. */
function requiredBy({ deps, defaults }: AnySourcePlugin): readonly string[] {
  return Object.entries(deps).flatMap(([name, token]) => (Object.hasOwn(defaults, name) ? [] : [token]));
}

function isIn(tokens: readonly string[], token: string): boolean {
  return tokens.includes(token);
}
