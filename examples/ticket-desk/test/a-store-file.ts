import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export function aStoreFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ticket-desk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "desk.db");
}
