import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock, type TeleflowStub } from "@bus/testkit";
import { expect, onTestFinished } from "vitest";
import { aStartedBus, type StartedBus } from "../a-started-bus.ts";
import type { Command } from "./crash-child.ts";

const CHILD = fileURLToPath(new URL("crash-child.ts", import.meta.url));

/** More than any lease of a process that is gone has left. */
const LEASES_MS = 180_000;

export interface DoomedProcess {
  /** Publishes, and dies of it if the command says so; else it is done once all is published. */
  tell(command: Command): Promise<void>;
  /** Resolves when one of its lanes has paused itself. */
  readonly paused: Promise<void>;
  kill(): Promise<void>;
  /** Resolves once it was killed, by itself or by the test. */
  readonly killed: Promise<void>;
}

/** A process with a bus on this store that sends to this service, until it is killed. */
export function aDoomedProcess(
  path: string,
  service: TeleflowStub,
  { lingerMs = 0 }: { readonly lingerMs?: number } = {},
): DoomedProcess {
  const child = spawn(process.execPath, [CHILD, path, service.url, String(lingerMs)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.on("error", () => undefined);
  const said = new EventEmitter();
  createInterface({ input: child.stdout }).on("line", (line) => void said.emit(line));
  const ended = once(child, "close");
  const killed = ended.then((how) => expect(how).toEqual([null, "SIGKILL"]));
  killed.catch(() => undefined);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    killed,
    paused: once(said, "paused").then(() => undefined),
    tell: async (command) => {
      const published = once(said, "published");
      child.stdin.write(`${JSON.stringify(command)}\n`);
      await Promise.race([published, ended]);
    },
    kill: () => {
      child.kill("SIGKILL");
      return killed;
    },
  };
}

/** The bus that comes after it, once all that the dead process held is free. */
export async function aSuccessor(path: string, service: TeleflowStub): Promise<StartedBus> {
  const successor = await aStartedBus(service, {
    store: sqliteStore({ path }),
    clock: virtualClock({ startAt: Date.now() }),
  });
  await successor.clock.advance(LEASES_MS);
  return successor;
}
