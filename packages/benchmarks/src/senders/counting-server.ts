import { startHelper } from "../helper-process.ts";

/** A service in a process of its own, so that it costs the sender no time of its event loop. */
export interface CountingServer {
  readonly url: string;
  /** What it has taken since the last count. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** The script tells its URL, and answers each message with a count. */
export async function startCountingServer(script: URL): Promise<CountingServer> {
  const { ready: url, ask, close } = await startHelper<string>(script);
  return { url, count: () => ask<number>("count"), close };
}
