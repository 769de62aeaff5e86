import type { Saboteur } from "./saboteur.ts";
import { appending } from "./saboteurs/appending.ts";
import { backlog } from "./saboteurs/backlog.ts";
import { connections } from "./saboteurs/connections.ts";
import { counting } from "./saboteurs/counting.ts";
import { deadLetters } from "./saboteurs/dead-letters.ts";
import { discarding } from "./saboteurs/discarding.ts";
import { dueLanes } from "./saboteurs/due-lanes.ts";
import { durability } from "./saboteurs/durability.ts";
import { fanOut } from "./saboteurs/fan-out.ts";
import { lanes } from "./saboteurs/lanes.ts";
import { leaseOrder } from "./saboteurs/lease-order.ts";
import { leaseTime } from "./saboteurs/lease-time.ts";
import { opening } from "./saboteurs/opening.ts";
import { payloads } from "./saboteurs/payloads.ts";
import { pluginState } from "./saboteurs/plugin-state.ts";
import { replaying } from "./saboteurs/replaying.ts";
import { retention } from "./saboteurs/retention.ts";
import { settling } from "./saboteurs/settling.ts";
import { sharedState } from "./saboteurs/shared-state.ts";
import { stateChanges } from "./saboteurs/state-changes.ts";
import { transactions } from "./saboteurs/transactions.ts";
import { workers } from "./saboteurs/workers.ts";

export const saboteurs: readonly Saboteur[] = [
  ...opening,
  ...appending,
  ...backlog,
  ...payloads,
  ...leaseOrder,
  ...leaseTime,
  ...settling,
  ...fanOut,
  ...deadLetters,
  ...replaying,
  ...discarding,
  ...retention,
  ...dueLanes,
  ...lanes,
  ...counting,
  ...pluginState,
  ...stateChanges,
  ...workers,
  ...durability,
  ...connections,
  ...sharedState,
  ...transactions,
];
