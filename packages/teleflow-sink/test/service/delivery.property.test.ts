import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { runOf } from "./a-run.ts";
import { brokenPromises } from "./promises.ts";
import { scenario } from "./scenario.ts";

it("keeps its promises, whatever the service answers", async () => {
  const property = fc.asyncProperty(scenario, async (plan) => {
    const store = memoryStore();
    expect(brokenPromises(plan, await runOf(plan, () => store))).toEqual([]);
  });

  await expect(fc.assert(property, { numRuns: 150 })).resolves.toBeUndefined();
}, 180_000);

it("keeps them on a durable store too", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bus-notifications-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let run = 0;
  const property = fc.asyncProperty(scenario, async (plan) => {
    const path = join(directory, `${(run += 1)}.db`);
    expect(brokenPromises(plan, await runOf(plan, () => sqliteStore({ path })))).toEqual([]);
  });

  await expect(fc.assert(property, { numRuns: 30 })).resolves.toBeUndefined();
}, 180_000);
