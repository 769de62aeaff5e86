import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The name of a file that is not there yet, in a directory of its own that ends with the test. */
export function aTempFile(name = "bus.db"): string {
  const directory = mkdtempSync(join(tmpdir(), "bus-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, name);
}
