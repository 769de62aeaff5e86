import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Contender, Queue } from "../contender.ts";
import { startNats, type NatsServer } from "../servers/nats-server.ts";

const MAX_MESSAGES = 1_000;
const MAX_ACK_PENDING = 5_000;

interface Client {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly js: JetStreamClient;
}

/** JetStream on a NATS server of its own, or on that of NATS_URL. @throws {Error} when there is none. */
export async function jetStreamContender(): Promise<Contender> {
  const url = process.env["NATS_URL"];
  const server = url === undefined ? await startNats() : undefined;
  let client: Client;
  try {
    client = await connected(server ? `127.0.0.1:${server.port}` : (url ?? ""));
  } catch (error) {
    await server?.stop();
    throw error;
  }
  const { connection } = client;
  const isSynced = server?.syncsAlways ?? false;
  return {
    name: server?.syncsAlways === false ? "JetStream, not synced" : "JetStream",
    part: "peer",
    isSynced,
    conditions: `nats-server ${connection.info?.version}, one replica on files, ${syncOf(server)}; consumed ${MAX_MESSAGES} at a time, acks sent and not awaited.`,
    open: () => openStream(client),
    async close() {
      await connection.close();
      await server?.stop();
    },
  };
}

/** @throws {Error} when no server is there, or it has no JetStream. */
async function connected(address: string): Promise<Client> {
  const connection = await connect({ servers: address }).catch((cause: unknown) => {
    throw new Error(`no NATS server at ${address}`, { cause });
  });
  try {
    return { connection, manager: await jetstreamManager(connection), js: jetstream(connection) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function syncOf(server: NatsServer | undefined): string {
  if (!server) return "synced as that of NATS_URL is";
  if (server.syncsAlways) return "`sync_interval: always`. Acknowledged: synced to disk";
  return "synced every 2 min, as this version has no `sync_interval: always`. Acknowledged: survives the end of the server, **not a power cut**";
}

let opened = 0;

async function openStream({ manager, js }: Client): Promise<Queue> {
  const name = `BUS_BENCH_${process.pid}_${++opened}`;
  const subject = `bus-bench.${process.pid}.${opened}`;
  await manager.streams.add({ name, subjects: [subject], storage: "file" });
  const closing: (() => Promise<unknown>)[] = [];
  return {
    publish: (event) => js.publish(subject, JSON.stringify(event)),
    async consume(settled) {
      await manager.consumers.add(name, {
        durable_name: "noop",
        ack_policy: "explicit",
        max_ack_pending: MAX_ACK_PENDING,
      });
      const consumer = await js.consumers.get(name, "noop");
      const messages = await consumer.consume({ max_messages: MAX_MESSAGES });
      const acking = (async () => {
        for await (const message of messages) {
          message.json();
          message.ack();
          settled(1);
        }
      })();
      closing.push(() => messages.close().then(() => acking));
    },
    async close() {
      for (const close of closing) await close();
      await manager.streams.delete(name);
    },
  };
}
