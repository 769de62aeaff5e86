import { memoryStore } from "@bus/core";
import { afterAll, expect, it } from "vitest";

import { runStoreTest, type Subject } from "../../src/store-suite/run-store-test.ts";
import type { StoreTest } from "../../src/store-suite/store-test.ts";
import { storeTests } from "../../src/store-suite/store-tests.ts";
import { moduleOf } from "./sabotaged-store.ts";
import type { Saboteur } from "./saboteur.ts";
import { createSqlite, sqliteHost } from "./sqlite-subject.ts";

/** A test that takes longer hangs: on a good store the longest takes a fraction of it. */
const HANGS_AFTER_MS = 10_000;

/**
 * Runs the suite against each of these stores, and says which tests failed: they must be the ones that are meant to. Only every other store
 * is tried, from the first or the second on, so that two processes can share the work.
 */
export function killMatrix(saboteurs: readonly Saboteur[], half: 0 | 1): void {
  const lines: string[] = [];
  afterAll(() => console.log(lines.join("\n")));

  const mine = saboteurs.filter((_, index) => index % 2 === half);
  it.for(mine)("$name", { timeout: 120_000 }, async (saboteur) => {
    const failed = await failedOn(saboteur);
    lines.push(`${saboteur.name} <- ${failed.join(" | ")}`);

    expect(failed.toSorted()).toEqual(saboteur.caughtBy.toSorted());
  });
}

async function failedOn(saboteur: Saboteur): Promise<readonly string[]> {
  const subject = subjectOf(saboteur);
  const failed: string[] = [];
  for (const test of storeTests) {
    if (!isFor(saboteur, test)) continue;
    if (!(await passes(test, subject))) failed.push(test.name);
  }
  return failed;
}

/** What every store must do is tried on those in memory; those on disk have in common with them what they do not break. */
function isFor({ on = "memory" }: Saboteur, { needs }: StoreTest): boolean {
  return (on === "sqlite") === (needs !== undefined);
}

async function passes(test: StoreTest, subject: Subject): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), HANGS_AFTER_MS);
  });
  const run = runStoreTest(test, subject).then(
    () => true,
    () => false,
  );
  const isPassed = await Promise.race([run, hangs]);
  clearTimeout(timer);
  return isPassed;
}

function subjectOf(saboteur: Saboteur): Subject {
  if (saboteur.on !== "sqlite") return { create: () => saboteur.sabotage(memoryStore()) };
  return {
    create: (directory) => saboteur.sabotage(createSqlite(directory)),
    durable: { module: moduleOf(saboteur) },
    transactions: (directory) => sqliteHost(directory, saboteur.sabotage),
  };
}
