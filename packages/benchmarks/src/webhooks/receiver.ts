import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export type ReceiverCommand = "report";

/** What came in since the last report. */
export interface ReceiverReport {
  readonly count: number;
  /** Requests that were never answered, since the start. */
  readonly hanging: number;
  /** From publish to the end of the request's body, for messages of `messageAt`. */
  readonly latenciesMs: readonly number[];
}

export interface Receiver {
  /** `http://127.0.0.1:<port>`; see `receiver-process.ts` for the paths. */
  readonly origin: string;
  report(): Promise<ReceiverReport>;
  close(): Promise<void>;
}

/** A server for webhooks, in a process of its own. */
export async function startReceiver(): Promise<Receiver> {
  const child = fork(fileURLToPath(new URL("receiver-process.ts", import.meta.url)));
  const [port] = (await once(child, "message")) as [number];
  return {
    origin: `http://127.0.0.1:${port}`,
    async report() {
      const answer = once(child, "message") as Promise<[ReceiverReport]>;
      child.send("report" satisfies ReceiverCommand);
      return (await answer)[0];
    },
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
