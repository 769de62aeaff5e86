import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Where a store can make its file. Gone with the test. */
export function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "webhook-sink-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "bus.db");
}
