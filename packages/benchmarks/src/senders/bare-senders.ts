import { Agent } from "node:http";
import got from "got";
import { Pool } from "undici";
import { inFlight } from "../in-flight.ts";
import type { Sender } from "./sender.ts";

/** The request that a host would make of each. */
export interface BareRequest {
  /** For the table: `POST per record`. */
  readonly what: string;
  /** After the service's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  body(index: number): string;
}

const AT_ONCE = 32;

/** What a host writes first: one request each, one after the other. */
export async function gotInOrder(request: BareRequest): Promise<Sender> {
  return gotSender(request, 1);
}

export async function gotAtOnce(request: BareRequest): Promise<Sender> {
  return gotSender(request, AT_ONCE);
}

export async function undiciAtOnce(request: BareRequest): Promise<Sender> {
  return bareSender("undici", request, AT_ONCE, (url) => {
    const { origin, pathname: path } = new URL(url);
    const pool = new Pool(origin, { connections: AT_ONCE });
    const post = async (body: string): Promise<void> => {
      const answer = await pool.request({ method: "POST", path, headers: request.headers, body });
      await answer.body.json();
    };
    return { post, end: () => pool.destroy() };
  });
}

function gotSender(request: BareRequest, atOnce: number): Sender {
  return bareSender("got", request, atOnce, (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    const client = got.extend({ agent: { http: agent }, headers: request.headers, retry: { limit: 0 } });
    return { post: (body) => client.post(url, { body }).json(), end: async () => agent.destroy() };
  });
}

function bareSender(
  client: string,
  { what, path, body }: BareRequest,
  atOnce: number,
  connect: (url: string) => { post(body: string): Promise<unknown>; end(): Promise<void> },
): Sender {
  const isInOrder = atOnce === 1;
  return {
    name: `one ${what}, ${client}${isInOrder ? "" : `, ${atOnce} at once`}`,
    conditions: `from memory: not durable, nothing is retried. ${isInOrder ? "In order." : "In no order."}`,
    isOneByOne: true,
    async fill(url, count) {
      const { post, end } = connect(url + path);
      return { drain: () => inFlight(atOnce, count, (index) => post(body(index))), close: end };
    },
    close: async () => {},
  };
}
