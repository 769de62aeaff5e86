import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A process that takes the other side of a measurement, so that it costs the measured one no time of its event loop. */
export interface HelperProcess<Ready> {
  /** What it first told. */
  readonly ready: Ready;
  /** Sends a message, and waits for the answer. One at a time. */
  ask<Answer>(message: object | string): Promise<Answer>;
  close(): Promise<void>;
}

/** The script tells something once it is ready, answers each message with one, and ends when it is disconnected. */
export async function startHelper<Ready>(script: URL): Promise<HelperProcess<Ready>> {
  const child = fork(fileURLToPath(script));
  const told = async (): Promise<unknown> => ((await once(child, "message")) as readonly unknown[])[0];
  const ready = (await told()) as Ready;
  return {
    ready,
    async ask<Answer>(message: object | string) {
      const answer = told();
      child.send(message);
      return (await answer) as Answer;
    },
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
