import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildOrders } from "./crash-child.ts";

const CHILD = fileURLToPath(new URL("crash-child.ts", import.meta.url));
const LOOK_MS = 500;
/** Without a delivery or an end for so long, a process is stuck. */
const STUCK_MS = 30_000;

/** How a process ended. */
export interface LifeEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it complained of; a bus that is well writes nothing. */
  readonly complaints: string;
  readonly isStuck: boolean;
}

/** Starts a process and waits for its end, which for a random death is brought about from here. */
export async function live(orders: ChildOrders, lastArrivalAt: () => number): Promise<LifeEnd> {
  // Most of the time that a process takes to start goes into compiling.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(orders.storePath), "compiled") };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], { stdio: "pipe", env });
  const kill = (): void => void child.kill("SIGKILL");
  let killTimer: NodeJS.Timeout | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const { death } = orders;
    if (death?.point === "random" && text.includes(death.since)) killTimer ??= setTimeout(kill, death.afterMs);
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (complaints += text));

  const beganAt = performance.now();
  let isStuck = false;
  const watch = setInterval(() => {
    if (performance.now() - Math.max(beganAt, lastArrivalAt()) < STUCK_MS) return;
    isStuck = true;
    kill();
  }, LOOK_MS);
  try {
    const [code, signal] = (await once(child, "close")) as [LifeEnd["code"], LifeEnd["signal"]];
    return { code, signal, complaints, isStuck };
  } finally {
    clearInterval(watch);
    clearTimeout(killTimer);
  }
}
