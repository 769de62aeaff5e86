import { createRequire } from "node:module";
import { Queue as BullQueue, Worker, type ConnectionOptions } from "bullmq";
import type { Contender, Queue } from "../contender.ts";
import { isListening } from "../servers/local-server.ts";
import { startRedis } from "../servers/redis-server.ts";

const CONCURRENCY = 100;

/** BullMQ on a Redis of its own, or on that of REDIS_URL. @throws {Error} when there is none. */
export async function bullMqContender(): Promise<Contender> {
  const { version } = createRequire(import.meta.url)("bullmq/package.json") as { version: string };
  const url = process.env["REDIS_URL"];
  if (url !== undefined) await assertListening(url);
  const server = url === undefined ? await startRedis() : undefined;
  const connection: ConnectionOptions = server ? { host: "127.0.0.1", port: server.port } : { url: url ?? "" };
  try {
    await (await openQueue(connection)).close();
  } catch (error) {
    await server?.stop();
    throw error;
  }
  const redis = server
    ? `Redis ${server.version} with \`appendonly yes\` and \`appendfsync always\`. Acknowledged: synced to disk`
    : "the Redis of REDIS_URL. Acknowledged: as durable as it is set up";
  return {
    name: "BullMQ",
    part: "peer",
    isSynced: server !== undefined,
    conditions: `BullMQ ${version} on ${redis}; jobs removed on completion, worker concurrency ${CONCURRENCY}.`,
    open: () => openQueue(connection),
    close: async () => server?.stop(),
  };
}

/** Its client would try again for ever. */
async function assertListening(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  if (!(await isListening(hostname, Number(port || 6379)))) throw new Error(`no Redis at ${hostname}:${port || 6379}`);
}

let opened = 0;

async function openQueue(connection: ConnectionOptions): Promise<Queue> {
  const name = `bus-bench-${process.pid}-${++opened}`;
  const queue = new BullQueue(name, { connection, defaultJobOptions: { removeOnComplete: true } });
  await queue.waitUntilReady();
  let worker: Worker | undefined;
  return {
    publish: (event) => queue.add("event", event),
    publishMany: (events) => queue.addBulk(events.map((data) => ({ name: "event", data }))),
    async consume(settled) {
      worker = new Worker(name, async () => {}, { connection, concurrency: CONCURRENCY });
      worker.on("completed", () => settled(1));
      worker.on("error", (error) => console.error(error));
    },
    async close() {
      await worker?.close();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
