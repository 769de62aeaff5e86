import { createHmac } from "node:crypto";
import { Agent } from "node:http";
import got from "got";
import { Queue, Worker, type ConnectionOptions } from "bullmq";
import { startRedis } from "../../servers/redis-server.ts";
import { MESSAGE_BODY } from "../message.ts";
import { IN_FLIGHT, type Sender } from "./sender.ts";

const SECRET = "a secret that both ends know";
const ADDED_AT_ONCE = 100;

/** What a host writes by hand: a durable queue, and a worker that signs and posts. @throws {Error} when there is no Redis. */
export async function bullMqAndGot(): Promise<Sender> {
  const server = await startRedis();
  const connection: ConnectionOptions = { host: "127.0.0.1", port: server.port };
  return {
    name: "BullMQ + got",
    conditions: `jobs in Redis ${server.version} with \`appendfsync always\`, added ${ADDED_AT_ONCE} at a time, one call each; a worker of concurrency ${IN_FLIGHT} signs each once and posts it with got over a keep-alive agent. No guard, no fan-out.`,
    async open(url) {
      const name = `webhooks-${Date.now()}`;
      const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: true } });
      await queue.waitUntilReady();
      const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
      const client = got.extend({ agent: { http: agent }, retry: { limit: 0 }, timeout: { request: 15_000 } });
      let left = 0;
      let done = (): void => {};
      const post = async (body: string): Promise<void> => {
        const timestamp = Math.floor(Date.now() / 1_000);
        const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
        const headers = {
          "content-type": "application/json; charset=utf-8",
          "x-timestamp": String(timestamp),
          "x-signature": `sha256=${signature}`,
        };
        await client.post(url, { body, headers });
      };
      const worker = new Worker<string>(name, ({ data }) => post(data), { connection, concurrency: IN_FLIGHT });
      worker.on("completed", () => --left === 0 && done());
      worker.on("failed", (_, error) => console.error(error));
      worker.on("error", (error) => console.error(error));
      return {
        async send(count) {
          left = count;
          const all = new Promise<void>((resolve) => (done = resolve));
          for (let added = 0; added < count; added += ADDED_AT_ONCE)
            await Promise.all(Array.from({ length: ADDED_AT_ONCE }, () => queue.add("webhook", MESSAGE_BODY)));
          await all;
        },
        async close() {
          await worker.close();
          await queue.obliterate({ force: true });
          await queue.close();
          agent.destroy();
        },
      };
    },
    close: () => server.stop(),
  };
}
