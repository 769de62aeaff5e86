import { memoryStore } from "@bus/core";
import { runStoreTest, type Subject } from "../../src/store-suite/run-store-test.ts";
import type { StoreTest } from "../../src/store-suite/store-test.ts";
import { storeTests } from "../../src/store-suite/store-tests.ts";
import type { Trial } from "../kill-matrix.ts";
import { moduleOf } from "./sabotaged-store.ts";
import type { Saboteur } from "./saboteur.ts";
import { createSqlite, sqliteHost } from "./sqlite-subject.ts";

export function trialsOf(saboteur: Saboteur): readonly Trial[] {
  const subject = subjectOf(saboteur);
  return storeTests
    .filter((test) => isFor(saboteur, test))
    .map((test) => ({ name: test.name, run: () => runStoreTest(test, subject) }));
}

/** What every store must do is tried on those in memory; those on disk have in common with them what they do not break. */
function isFor({ on = "memory" }: Saboteur, { needs }: StoreTest): boolean {
  return (on === "sqlite") === (needs !== undefined);
}

function subjectOf(saboteur: Saboteur): Subject {
  if (saboteur.on !== "sqlite") return { create: () => saboteur.sabotage(memoryStore()) };
  return {
    create: (directory) => saboteur.sabotage(createSqlite(directory)),
    durable: { module: moduleOf(saboteur) },
    transactions: (directory) => sqliteHost(directory, saboteur.sabotage),
  };
}
