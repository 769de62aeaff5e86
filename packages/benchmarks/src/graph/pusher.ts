import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface PushLoad {
  readonly url: string;
  readonly token: string;
  readonly pushes: number;
  /** In each push. */
  readonly events: number;
  readonly atOnce: number;
}

export interface PushReport {
  readonly seconds: number;
  /** From the first byte of a push to the last of its answer. */
  readonly latenciesMs: readonly number[];
}

export interface Pusher {
  push(load: PushLoad): Promise<PushReport>;
  close(): Promise<void>;
}

/** A knowledge graph that pushes, in a process of its own. */
export async function startPusher(): Promise<Pusher> {
  const child = fork(fileURLToPath(new URL("pusher-process.ts", import.meta.url)));
  await once(child, "message");
  return {
    async push(load) {
      const report = once(child, "message") as Promise<[PushReport]>;
      child.send(load);
      return (await report)[0];
    },
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
