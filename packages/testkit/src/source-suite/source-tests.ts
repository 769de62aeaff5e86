import { dependencyTests } from "../suite/dependency-tests.ts";
import { optionTests } from "../suite/option-tests.ts";
import { leftovers } from "./leftovers.ts";
import { refusing } from "./refusing.ts";
import { repeating } from "./repeating.ts";
import { secrets } from "./secrets.ts";
import type { SourceTest } from "./source-test.ts";
import { starting } from "./starting.ts";
import { stopping } from "./stopping.ts";
import { storing } from "./storing.ts";

/** The whole suite, in the order in which a source is best made to pass it. */
export const sourceTests: readonly SourceTest[] = [
  ...optionTests,
  ...dependencyTests,
  ...starting,
  ...storing,
  ...repeating,
  ...refusing,
  ...stopping,
  ...secrets,
  ...leftovers,
];
