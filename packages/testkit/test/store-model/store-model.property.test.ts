import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore, type LaneStatus, type Settlement } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";

import { LANES, SideBySide } from "./side-by-side.ts";

const lane = fc.constantFrom(...LANES);
const key = fc.constantFrom(undefined, "a", "b");
const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant<(now: number) => LaneStatus>(() => ({ state: "active" })) },
  fc.nat(20).map((ms) => (now: number): LaneStatus => ({ state: "paused", reason: "503", until: now + ms })),
  fc.constantFrom<(now: number) => LaneStatus>(
    () => ({ state: "paused", reason: "host" }),
    () => ({ state: "disabled", reason: "410" }),
  ),
);
const state = fc.constantFrom<Settlement["state"][]>("delivered", "skipped", "dead", "pending");

type Step = (run: SideBySide) => Promise<void>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.tuple(lane, key), { maxLength: 4 }).map(
      (to): Step =>
        (run) =>
          run.append(to),
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(lane, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }))
      .map(
        ([id, limit, perKey, leaseMs]): Step =>
          (run) =>
            run.lease(id, limit, perKey, leaseMs),
      ),
  },
  {
    weight: 8,
    arbitrary: fc.array(fc.tuple(fc.nat(), state, fc.nat(15), fc.boolean()), { minLength: 1, maxLength: 4 }).map(
      (picks): Step =>
        (run) =>
          run.settle(picks),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.array(fc.tuple(lane, key), { maxLength: 3 })).map(
      ([pick, to]): Step =>
        (run) =>
          run.expand(pick, to),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.nat(15).map(
      (ms): Step =>
        async (run) =>
          void (run.now += ms),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(lane, status).map(
      ([id, at]): Step =>
        (run) =>
          run.setLane(id, at(run.now)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(lane, fc.nat(6)).map(
      ([id, limit]): Step =>
        (run) =>
          run.replay(id, limit + 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(lane, fc.nat(6)).map(
      ([id, limit]): Step =>
        (run) =>
          run.discard(id, limit + 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(40).map(
      (ageMs): Step =>
        (run) =>
          run.prune(run.now - ageMs),
    ),
  },
);

it.each([
  ["memoryStore", () => memoryStore()],
  ["sqliteStore", () => sqliteStore({ path: aTempFile(), durability: "normal" })],
])("%s does what the rules say in any sequence of calls", { timeout: 60_000 }, async (_, create) => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
    const store = create();
    await store.open();
    const run = new SideBySide(store);
    for (const each of steps) {
      await each(run);
      await run.check();
    }
    await run.finish();
    await store.close();
  });

  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
});

function aTempFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "bus-model-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "bus.db");
}
