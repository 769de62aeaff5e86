import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { findPackageJSON } from "node:module";
import got from "got";
import { Pool } from "undici";
import { inFlight } from "../../in-flight.ts";
import { MESSAGE_BODY, MESSAGE_HEADERS } from "../message.ts";
import { IN_FLIGHT, type Sender } from "./sender.ts";

/** got as a host would use it: its promise, a kept connection, no retries of its own. */
export async function bareGot(): Promise<Sender> {
  return bareClient("got", `got ${versionOf("got")}, a keep-alive agent, retries off`, (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
    const client = got.extend({ agent: { http: agent }, headers: MESSAGE_HEADERS, retry: { limit: 0 } });
    return { post: () => client.post(url, { body: MESSAGE_BODY }), end: async () => agent.destroy() };
  });
}

export async function bareNodeHttp(): Promise<Sender> {
  return bareClient("node:http", `node:http of Node ${process.version}, a keep-alive agent`, (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
    const headers = { ...MESSAGE_HEADERS, "content-length": Buffer.byteLength(MESSAGE_BODY) };
    const post = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const outgoing = request(url, { method: "POST", agent, headers }, (answer) => {
          answer.resume();
          answer.once("end", resolve).once("error", reject);
        });
        outgoing.once("error", reject).end(MESSAGE_BODY);
      });
    return { post, end: async () => agent.destroy() };
  });
}

export async function bareUndici(): Promise<Sender> {
  return bareClient("undici", `undici ${versionOf("undici")}, a pool of ${IN_FLIGHT} connections`, (url) => {
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: IN_FLIGHT });
    const post = async (): Promise<void> => {
      const { body } = await pool.request({
        method: "POST",
        path: pathname,
        headers: MESSAGE_HEADERS,
        body: MESSAGE_BODY,
      });
      await body.dump();
    };
    return { post, end: () => pool.destroy() };
  });
}

function bareClient(
  name: string,
  conditions: string,
  connect: (url: string) => { post(): Promise<unknown>; end(): Promise<void> },
): Sender {
  return {
    name: `bare ${name}`,
    conditions: `${conditions}. Posts the same body ${IN_FLIGHT} at a time: not durable, not signed, no guard, no deadline.`,
    async open(url) {
      const { post, end } = connect(url);
      return { send: (count) => inFlight(IN_FLIGHT, count, post), close: end };
    },
    close: async () => {},
  };
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  return file === undefined ? "unknown" : JSON.parse(readFileSync(file, "utf8")).version;
}
