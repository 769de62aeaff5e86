import { startHelper } from "../helper-process.ts";

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
  const { ask, close } = await startHelper<string>(new URL("pusher-process.ts", import.meta.url));
  return { push: (load) => ask<PushReport>(load), close };
}
