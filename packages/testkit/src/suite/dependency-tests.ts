import assert from "node:assert/strict";
import { BusError, type AnySinkPlugin, type AnySourcePlugin } from "@bus/core";
import type { PluginTest } from "./plugin-bench.ts";

export const dependencyTests: readonly PluginTest[] = [
  {
    name: "depends on nothing that it does not declare",
    run: async (bench) => {
      const undeclared: string[] = [];

      const starting = bench.start({ undeclared: (service) => void undeclared.push(service) });
      // Where it is nowhere to be had the bus does not start; what it is says more.
      await starting.catch((error: unknown) => {
        if (undeclared.length === 0) throw error;
      });

      const why = `it asks for ${undeclared.join(", ")} as it is made, which its \`deps\` do not name: no host could provide it`;
      assert.deepEqual(undeclared, [], why);
    },
  },
  {
    name: "declares all that the host is to provide",
    run: async (bench) => {
      const declared = Object.values(bench.plugin().deps);

      const stray = (bench.subject.provide ?? []).map(({ token }) => token).filter((token) => !isIn(declared, token));
      const why = "what `provide` of the suite's options gives stands in `deps`: else it never gets there";
      assert.deepEqual(stray, [], why);
    },
  },
  {
    name: "does not start without what it depends on, and says what that is",
    run: async (bench) => {
      const provided = bench.subject.provide ?? [];
      const required = requiredBy(bench.plugin());

      for (const missing of provided.filter(({ token }) => isIn(required, token))) {
        const provide = provided.filter((provider) => provider !== missing);
        await assert.rejects(bench.start({ provide }), (error) => {
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
function requiredBy({ deps, defaults }: AnySinkPlugin | AnySourcePlugin): readonly string[] {
  return Object.entries(deps).flatMap(([name, token]) => (Object.hasOwn(defaults, name) ? [] : [token]));
}

function isIn(tokens: readonly string[], token: string): boolean {
  return tokens.includes(token);
}
