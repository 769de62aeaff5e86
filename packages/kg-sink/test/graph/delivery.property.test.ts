import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { runOf } from "./a-run.ts";
import { brokenPromises } from "./promises.ts";
import { scenario, type PlannedEvent, type Scenario } from "./scenario.ts";

const FINE: PlannedEvent = { records: 1, at: 0, fate: { kind: "fine" } };
const failsOnce = (code: number): PlannedEvent => ({ records: 1, at: 0, fate: { kind: "fails", times: 1, code } });

function aScenario(events: readonly PlannedEvent[], changes: Partial<Scenario>): Scenario {
  return {
    dialect: "confluent",
    ordering: "strict",
    partitions: 1,
    keys: 0,
    maxRecords: 8,
    maxBytes: 921_600,
    lingerMs: 0,
    maxRequestBytes: undefined,
    groups: [{ events, thenMs: 0 }],
    faults: [],
    ...changes,
  };
}

/** Found once, and rare enough to be missed. */
const EXAMPLES: readonly Scenario[] = [
  // Its 422 breaks off before the entries.
  aScenario([failsOnce(2)], { dialect: "karapace", faults: [{ kind: "reset", stores: true, afterBytes: 3 }] }),
  // As many entries as records, each of a partition, in no order.
  aScenario([failsOnce(1), failsOnce(1), FINE], { dialect: "redpanda", partitions: 3, keys: 4, maxRecords: 2 }),
  aScenario([FINE, failsOnce(1)], { dialect: "redpanda", partitions: 3, keys: 4 }),
  aScenario([failsOnce(1), FINE], { dialect: "redpanda", partitions: 3, keys: 4 }),
];

it("keeps its promises, whatever the proxy answers", async () => {
  const property = fc.asyncProperty(scenario, async (plan) => {
    expect(brokenPromises(plan, await runOf(plan, memoryStore()))).toEqual([]);
  });

  await expect(
    fc.assert(property, { numRuns: 200, examples: EXAMPLES.map((example) => [example]) }),
  ).resolves.toBeUndefined();
}, 120_000);

it("keeps them on a durable store too", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bus-graph-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let run = 0;
  const property = fc.asyncProperty(scenario, async (plan) => {
    const store = sqliteStore({ path: join(directory, `${(run += 1)}.db`) });
    expect(brokenPromises(plan, await runOf(plan, store))).toEqual([]);
  });

  await expect(fc.assert(property, { numRuns: 20 })).resolves.toBeUndefined();
}, 120_000);
