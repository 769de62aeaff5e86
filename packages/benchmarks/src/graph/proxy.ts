import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Proxy {
  readonly url: string;
  /** Records stored since the last count. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** The stub of the testkit, in a process of its own. */
export async function startProxy(): Promise<Proxy> {
  const child = fork(fileURLToPath(new URL("proxy-process.ts", import.meta.url)));
  const [url] = (await once(child, "message")) as [string];
  return {
    url,
    async count() {
      const answer = once(child, "message") as Promise<[number]>;
      child.send("count");
      return (await answer)[0];
    },
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}
