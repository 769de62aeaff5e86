import type { SinkSaboteur } from "./saboteur.ts";
import { aborting } from "./saboteurs/aborting.ts";
import { answers } from "./saboteurs/answers.ts";
import { batching } from "./saboteurs/batching.ts";
import { checking } from "./saboteurs/checking.ts";
import { dependencies } from "./saboteurs/dependencies.ts";
import { endurance } from "./saboteurs/endurance.ts";
import { healing } from "./saboteurs/healing.ts";
import { identity } from "./saboteurs/identity.ts";
import { leftovers } from "./saboteurs/leftovers.ts";
import { lifecycle } from "./saboteurs/lifecycle.ts";
import { options } from "./saboteurs/options.ts";
import { poison } from "./saboteurs/poison.ts";
import { secrets } from "./saboteurs/secrets.ts";

export const saboteurs: readonly SinkSaboteur[] = [
  ...options,
  ...dependencies,
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
