import { aborting } from "./aborting.ts";
import { answers } from "./answers.ts";
import { batching } from "./batching.ts";
import { checking } from "./checking.ts";
import { dependencyTests } from "../suite/dependency-tests.ts";
import { endurance } from "./endurance.ts";
import { healing } from "./healing.ts";
import { identity } from "./identity.ts";
import { leftovers } from "./leftovers.ts";
import { lifecycle } from "./lifecycle.ts";
import { options } from "./options.ts";
import { poison } from "./poison.ts";
import { secrets } from "./secrets.ts";
import type { SinkTest } from "./sink-test.ts";

/** The whole suite, in the order in which a sink is best made to pass it. */
export const sinkTests: readonly SinkTest[] = [
  ...options,
  ...dependencyTests,
  ...lifecycle,
  ...batching,
  ...answers,
  ...poison,
  ...identity,
  ...aborting,
  ...healing,
  ...endurance,
  ...checking,
  ...secrets,
  ...leftovers,
];
