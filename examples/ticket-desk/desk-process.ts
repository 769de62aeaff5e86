import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The desk as it runs in production: a process of its own, of which others know its URL. */
export interface DeskProcess {
  readonly url: string;
  /** Resolves with its exit code once it has ended by itself after a SIGTERM. */
  stop(): Promise<number | null>;
}

/** Runs a desk's script, on a free port and the given file, and resolves once it listens. */
export async function startDesk(script: string, store: string): Promise<DeskProcess> {
  const desk = spawn(process.execPath, [script], {
    env: { ...process.env, DESK_STORE: store, PORT: "0", WEBHOOKS_ALLOW: "127.0.0.1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(desk, "exit");
  // Whatever goes wrong here, the desk does not outlive it.
  process.once("exit", () => desk.kill("SIGKILL"));
  for await (const line of createInterface(desk.stdout)) {
    const [, port] = /^The desk listens on port (\d+)\.$/.exec(line) ?? [];
    if (port === undefined) continue;
    return {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        desk.kill("SIGTERM");
        await exited;
        return desk.exitCode;
      },
    };
  }
  throw new Error(`The desk ended with ${desk.exitCode} before it listened.`);
}
