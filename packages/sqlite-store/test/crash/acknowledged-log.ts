import { closeSync, existsSync, fsync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { promisify } from "node:util";

/** The ids in the log. What a process that was killed left of a last line is not one of them. */
export function acknowledgedIn(path: string): ReadonlySet<string> {
  return new Set(wholeLines(path).split("\n").slice(0, -1));
}

/** The file to which a process writes the id of each event that was acknowledged to it. */
export class AcknowledgedLog {
  readonly #file: number;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** Goes on where the last process ended. */
  constructor(path: string) {
    if (existsSync(path)) truncateSync(path, Buffer.byteLength(wholeLines(path)));
    this.#file = openSync(path, "a");
  }

  /**
   * Writes the ids at once, so that no death of the process comes between an acknowledgement and its record. Resolves when they are on the disk,
   * where they go together with what else is written until then.
   */
  add(ids: readonly string[]): Promise<void> {
    writeSync(this.#file, ids.map((id) => `${id}\n`).join(""));
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      this.#writing = promisify(fsync)(this.#file);
      return this.#writing;
    });
    return this.#next;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function wholeLines(path: string): string {
  if (!existsSync(path)) return "";
  const text = readFileSync(path, "utf8");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}
