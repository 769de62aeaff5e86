import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Readable } from "node:stream";

export interface ProgramOptions {
  readonly folder: string;
  readonly arguments?: readonly string[];
  readonly port?: number;
  /** Called with each piece of what it writes. */
  readonly onOutput?: (text: string) => void;
}

/** A file of the guide, as its reader runs it: a process of its own. */
export class Program {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exit: Promise<number | null>;
  #output = "";
  #onChange = (): void => {};

  constructor(file: string, { folder, arguments: args = [], port, onOutput = () => {} }: ProgramOptions) {
    const env = { ...process.env, NO_COLOR: "1", ...(port !== undefined && { PORT: String(port) }) };
    this.#child = spawn(process.execPath, [file, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#exit = once(this.#child, "close").then(([code]) => (typeof code === "number" ? code : null));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        onOutput(text);
        this.#onChange();
      });
    void this.#exit.then(() => this.#onChange());
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until it has written what matches so often, and gives the first match. */
  async until(pattern: RegExp, count = 1): Promise<RegExpExecArray> {
    for (;;) {
      const [match, ...others] = this.#output.matchAll(new RegExp(pattern, "g"));
      if (match && others.length + 1 >= count) return match;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`It ended without writing ${String(pattern)}:\n${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  /** Its exit code; null when a signal ended it. */
  async ended(): Promise<number | null> {
    return this.#exit;
  }

  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exit;
  }
}

/** A port on loopback on which nobody listens; below those that systems give to connections, so that none of these takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer();
    const isFree = await once(server.listen(port, "127.0.0.1"), "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
