import { Agent } from "node:http";
import got from "got";
import { Pool } from "undici";
import { inFlight } from "../in-flight.ts";
import { recordOf } from "./record.ts";
import type { RecordSender } from "./record-sender.ts";

const HEADERS = { "content-type": "application/vnd.kafka.json.v2+json", accept: "application/vnd.kafka.v2+json" };
const AT_ONCE = 32;

/** What a host writes first: one POST per record, one after the other, since the graph wants them in order. */
export async function gotInOrder(): Promise<RecordSender> {
  return gotSender("one POST per record, got", 1);
}

export async function gotAtOnce(): Promise<RecordSender> {
  return gotSender(`one POST per record, got, ${AT_ONCE} at once`, AT_ONCE);
}

export async function undiciAtOnce(): Promise<RecordSender> {
  return bareSender(`one POST per record, undici, ${AT_ONCE} at once`, AT_ONCE, (url) => {
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: AT_ONCE });
    const post = async (body: string): Promise<void> => {
      const answer = await pool.request({ method: "POST", path: pathname, headers: HEADERS, body });
      await answer.body.json();
    };
    return { post, end: () => pool.destroy() };
  });
}

function gotSender(name: string, atOnce: number): RecordSender {
  return bareSender(name, atOnce, (url) => {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    const client = got.extend({ agent: { http: agent }, headers: HEADERS, retry: { limit: 0 } });
    return { post: (body) => client.post(url, { body }).json(), end: async () => agent.destroy() };
  });
}

function bareSender(
  name: string,
  atOnce: number,
  connect: (url: string) => { post(body: string): Promise<unknown>; end(): Promise<void> },
): RecordSender {
  return {
    name,
    conditions: `from memory: not durable, no record is retried. ${atOnce === 1 ? "In order." : "In no order."}`,
    async fill(url, count) {
      const { post, end } = connect(`${url}/topics/twake`);
      return { drain: () => inFlight(atOnce, count, (index) => post(recordOf(index))), close: end };
    },
    close: async () => {},
  };
}
