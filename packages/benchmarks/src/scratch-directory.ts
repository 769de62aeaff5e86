import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS = 0x01021994;

/** Where files are kept while measuring. It must be on a disk: what is kept in memory is never waited for. */
export const BENCH_DIR: string = process.env["BENCH_DIR"] ?? tmpdir();

/** Whether {@link BENCH_DIR} is in memory. */
export const isInMemory = (): boolean => statfsSync(BENCH_DIR).type === TMPFS;

const made = new Set<string>();

/** A new directory, gone when the process ends at the latest. */
export function scratchDirectory(): string {
  if (made.size === 0) {
    process.once("exit", removeAll);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  }
  const directory = mkdtempSync(join(BENCH_DIR, "bus-bench-"));
  made.add(directory);
  return directory;
}

export function removeScratch(directory: string): void {
  made.delete(directory);
  rmSync(directory, { recursive: true, force: true });
}

function removeAll(): void {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
}
