import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers/promises";
import { onTestFinished } from "vitest";

type Line = Readonly<Record<string, unknown>>;

export interface Child {
  readonly pid: number;
  /** What it has reported, one object per line of its output. */
  readonly lines: readonly Line[];
  /** What it has reported under this name. */
  told(name: string): unknown[];
  /** Waits until it has reported something under this name. */
  tells(name: string): Promise<unknown>;
  say(command: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Runs a script of test/children in a process of its own; killed with the test. */
export function aChild(script: string, args: readonly string[] = [], wrapper: readonly string[] = []): Child {
  const file = new URL(`children/${script}.ts`, import.meta.url).pathname;
  const [command = process.execPath, ...rest] = [...wrapper, process.execPath, file, ...args];
  const child = spawn(command, rest, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, NODE_OPTIONS: "" } });
  const lines: Line[] = [];
  let complaint = "";
  createInterface({ input: child.stdout }).on("line", (line) => void lines.push(JSON.parse(line)));
  child.stderr.on("data", (chunk) => (complaint += String(chunk)));
  child.stdin.on("error", () => undefined);
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => void child.on("close", resolve)).finally(() => {
    isOver = true;
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const told = (name: string): unknown[] => lines.flatMap((line) => (name in line ? [line[name]] : []));
  return {
    pid: child.pid ?? 0,
    lines,
    told,
    tells: async (name) => {
      while (told(name).length === 0) {
        if (isOver) throw new Error(`${script} ended without telling "${name}": ${complaint}`);
        await after(5);
      }
      return told(name)[0];
    },
    say: (text) => void child.stdin.write(`${text}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
