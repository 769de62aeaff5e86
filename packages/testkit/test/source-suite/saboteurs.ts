import type { SourceSaboteur } from "./saboteur.ts";
import { dependencies } from "./saboteurs/dependencies.ts";
import { leftovers } from "./saboteurs/leftovers.ts";
import { options } from "./saboteurs/options.ts";
import { refusing } from "./saboteurs/refusing.ts";
import { repeating } from "./saboteurs/repeating.ts";
import { secrets } from "./saboteurs/secrets.ts";
import { starting } from "./saboteurs/starting.ts";
import { stopping } from "./saboteurs/stopping.ts";
import { storing } from "./saboteurs/storing.ts";

export const saboteurs: readonly SourceSaboteur[] = [
  ...options,
  ...dependencies,
  ...starting,
  ...storing,
  ...repeating,
  ...refusing,
  ...stopping,
  ...secrets,
  ...leftovers,
];
