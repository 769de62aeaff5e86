import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import type { Contender, Queue } from "../contender.ts";

const DEFAULT_URL = "postgres://postgres@127.0.0.1:5432/test";
const FETCHED_AT_ONCE = 500;
/** When the queue is empty; the worker of pg-boss itself waits 2 s. */
const ASK_EVERY_MS = 10;

/** pg-boss on the PostgreSQL of DATABASE_URL, or a local one, in a schema of its own. @throws {Error} when there is none. */
export async function pgBossContender(): Promise<Contender> {
  const { version } = createRequire(import.meta.url)("pg-boss/package.json") as { version: string };
  const connectionString = process.env["DATABASE_URL"] ?? DEFAULT_URL;
  const schema = `bus_bench_${process.pid}`;
  const boss = new PgBoss({ connectionString, schema, schedule: false });
  // With connections of its own, as a worker process has: else it would stand in line behind the publishes.
  const worker = new PgBoss({ connectionString, schema, schedule: false, supervise: false });
  for (const each of [boss, worker]) each.on("error", (error) => console.error(error));
  try {
    await boss.start();
    await worker.start();
  } catch (cause) {
    const { host, pathname } = new URL(connectionString);
    throw new Error(`no PostgreSQL at ${host}${pathname} (${causeOf(cause)})`, { cause });
  }
  const show = async (setting: string): Promise<string> => {
    const { rows } = await boss.getDb().executeSql(`SHOW ${setting}`);
    return String((rows[0] as Readonly<Record<string, unknown>> | undefined)?.[setting]);
  };
  const server = `PostgreSQL ${await show("server_version")} with \`fsync = ${await show("fsync")}\` and \`synchronous_commit = ${await show("synchronous_commit")}\``;
  return {
    name: "pg-boss",
    part: "peer",
    isSynced: true,
    conditions: `pg-boss ${version} on ${server}, a pool of 10 connections, its default, for the publisher and one for the consumer; fetched and completed ${FETCHED_AT_ONCE} at a time. Acknowledged: committed.`,
    open: () => openQueue(boss, worker),
    async close() {
      await worker.stop({ graceful: false });
      await boss.stop({ graceful: false, close: false });
      await boss.getDb().executeSql(`DROP SCHEMA ${schema} CASCADE`);
      await boss.stop();
    },
  };
}

let opened = 0;

async function openQueue(boss: PgBoss, worker: PgBoss): Promise<Queue> {
  const name = `events-${++opened}`;
  await boss.createQueue(name);
  const closing = new AbortController();
  let consuming = Promise.resolve();
  return {
    publish: (event) => boss.send(name, event),
    publishMany: (events) =>
      boss.insert(
        name,
        events.map((data) => ({ data })),
      ),
    async consume(settled) {
      consuming = consume(worker, name, settled, closing.signal);
    },
    async close() {
      closing.abort();
      await consuming;
      await boss.deleteQueue(name);
    },
  };
}

async function consume(
  worker: PgBoss,
  name: string,
  settled: (count: number) => void,
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    const jobs = await worker.fetch(name, { batchSize: FETCHED_AT_ONCE });
    if (jobs.length > 0) {
      await worker.complete(
        name,
        jobs.map(({ id }) => id),
      );
      settled(jobs.length);
    } else await sleep(ASK_EVERY_MS);
  }
}

/** A refused connection has one error per address, and no message of its own. */
function causeOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(causeOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}
