import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore, type Store } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { onTestFinished } from "vitest";

/** The name of a file that is not there yet, in a directory of its own that ends with the test. */
export function aTempFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "bus-webhooks-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "bus.db");
}

/** A store for one bus, of each kind. */
export const STORES: readonly (readonly [name: string, make: () => Store])[] = [
  ["memoryStore", () => memoryStore()],
  ["sqliteStore", () => sqliteStore({ path: aTempFile() })],
];
