import { startHelper } from "../helper-process.ts";

export interface Proxy {
  readonly url: string;
  /** Records stored since the last count. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** The stub of the testkit, in a process of its own. */
export async function startProxy(): Promise<Proxy> {
  const { ready: url, ask, close } = await startHelper<string>(new URL("proxy-process.ts", import.meta.url));
  return { url, count: () => ask<number>("count"), close };
}
