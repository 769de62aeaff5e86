import { startHelper } from "../helper-process.ts";

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
  const { ready: port, ask, close } = await startHelper<number>(new URL("receiver-process.ts", import.meta.url));
  return {
    origin: `http://127.0.0.1:${port}`,
    report: () => ask<ReceiverReport>("report" satisfies ReceiverCommand),
    close,
  };
}
