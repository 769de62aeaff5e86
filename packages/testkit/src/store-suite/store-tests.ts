import { appending } from "./appending.ts";
import { backlog } from "./backlog.ts";
import { connections } from "./connections.ts";
import { counting } from "./counting.ts";
import { deadLetters } from "./dead-letters.ts";
import { discarding } from "./discarding.ts";
import { dueLanes } from "./due-lanes.ts";
import { durability } from "./durability.ts";
import { fanOut } from "./fan-out.ts";
import { lanes } from "./lanes.ts";
import { leaseOrder } from "./lease-order.ts";
import { leaseTime } from "./lease-time.ts";
import { opening } from "./opening.ts";
import { payloads } from "./payloads.ts";
import { pluginState } from "./plugin-state.ts";
import { replaying } from "./replaying.ts";
import { retention } from "./retention.ts";
import { settling } from "./settling.ts";
import { sharedState } from "./shared-state.ts";
import { stateChanges } from "./state-changes.ts";
import type { StoreTest } from "./store-test.ts";
import { transactions } from "./transactions.ts";
import { workers } from "./workers.ts";

/** The whole suite, in the order in which a store is best made to pass it. */
export const storeTests: readonly StoreTest[] = [
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
