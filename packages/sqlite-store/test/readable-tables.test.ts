import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import {
  CLOCK,
  createBus,
  defineSink,
  delivered,
  provide,
  RANDOM,
  rejected,
  retry,
  type Sink,
  type SinkPlugin,
} from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { z } from "zod";

import { sqliteStore } from "../src/index.ts";
import { aConnection } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { eventually } from "./eventually.ts";

const guide = readFileSync(new URL("../../../docs/guide/reading-the-database.md", import.meta.url), "utf8");

/** A query of the guide, and the table of answers beneath it. */
interface Example {
  readonly title: string;
  readonly sql: string;
  readonly answer: readonly string[];
}

const examples: readonly Example[] = guide.split(/^##+ /mu).flatMap((section) => {
  const [before = "", after] = section.split(/^```sql\n/mu);
  if (after === undefined) return [];
  const [sql = "", rest = ""] = after.split(/^```$/mu);
  const [, , ...rows] = rest.split("\n").filter((line) => line.startsWith("|"));
  const [head = ""] = rest.split("\n").filter((line) => line.startsWith("|"));
  return [{ title: before.split("\n")[0] ?? "", sql, answer: [head, ...rows] }];
});
const queries = examples.filter(({ sql }) => sql.startsWith("SELECT"));

/** As a row of a table in the guide, without its padding. */
function cells(row: string): readonly string[] {
  return row
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}

/** The shop of the guide. */
async function aShop(): Promise<string> {
  const path = aTempFile();
  const clock = virtualClock({ startAt: Date.UTC(2026, 0, 1, 12) });
  const slow = Promise.withResolvers<void>();
  const sinks = {
    crm: aSink({
      deliver: (batch) =>
        batch.map(({ event }) =>
          event.id === "placed-3"
            ? retry("The CRM answered 503.", { info: { status: 503 } })
            : delivered({ status: 200 }),
        ),
    }),
    hooks: aSink({
      destinations: () => ["billing", "shipping"],
      deliver: async ([delivery]) => {
        const name = `${delivery?.event.id} to ${delivery?.destination}`;
        if (name === "paid-1 to billing") await slow.promise;
        const isRefused = name === "placed-2 to shipping";
        return [isRefused ? rejected("The endpoint answered 400.", { status: 400 }) : delivered({ status: 200 })];
      },
    }),
    audit: aSink({ deliver: (batch) => batch.map(() => delivered()) }),
  };
  const bus = createBus({
    name: "shop",
    events: { "order.placed": z.unknown(), "order.paid": z.unknown(), "order.viewed": z.unknown() },
    store: sqliteStore({ path }),
    sinks,
    routes: [
      { on: "order.p*", to: "crm" },
      { on: "order.p*", to: "hooks" },
      { on: "order.p*", to: "audit" },
    ],
    provide: [provide(CLOCK, clock), provide(RANDOM, () => 0.5)],
  });
  await bus.start();
  onTestFinished(() => {
    slow.resolve();
    return bus.stop();
  });
  /** Each was tried so often, and all are settled but the slow one. */
  const tried = (attempts: number): Promise<void> =>
    eventually(async () => {
      await clock.settled();
      const { items } = await bus.deliveries.list();
      const others = items.filter(({ sink }) => sink !== "audit");
      const isOver = others.every((each) => each.state !== "pending" || each.attempts === attempts);
      return isOver ? others.filter(({ state }) => state === "leased").map(({ event }) => event.id) : undefined;
    }).toEqual(attempts === 0 ? [] : ["paid-1"]);
  await bus.lanes.pause({ sink: "audit", destination: "default" }, "The auditor moves house.");
  const publish = (type: "order.placed" | "order.paid" | "order.viewed", id: string, order: string, total: number) =>
    bus.publish(type, { order, total }, { id, key: order });

  await publish("order.placed", "placed-1", "o-1", 12.5);
  await tried(0);
  await clock.advance(60_000);
  await publish("order.placed", "placed-2", "o-2", 80);
  await publish("order.placed", "placed-3", "o-3", 33);
  await publish("order.paid", "paid-1", "o-1", 12.5);
  await publish("order.viewed", "viewed-1", "o-1", 12.5);
  await tried(1);
  await clock.advance(5_000);
  await tried(2);
  return path;
}

function aSink(sink: Sink<undefined>): SinkPlugin<undefined, undefined> {
  return defineSink({ name: "sink", options: z.object({}), create: () => sink })({}, { retry: [5_000, 300_000] });
}

/** What the query says, as the guide would show it. */
function answerOf(database: Database, sql: string): readonly (readonly string[])[] {
  const statement = database.prepare(sql).raw();
  const names = statement.columns().map(({ name }) => name);
  const rows = statement.all() as (string | number | null)[][];
  return [names, ...rows.map((row) => row.map((value) => String(value ?? "")))];
}

it("finds a dozen queries in the guide, each with its answer", () => {
  expect(queries.length).toBeGreaterThanOrEqual(12);
  expect(queries).toHaveLength(guide.split("```sql\nSELECT").length - 1);
  expect(queries.filter(({ answer }) => answer.length < 2).map(({ title }) => title)).toEqual([]);
});

it("answers every query as the guide says", async () => {
  const database = aConnection(await aShop(), { readonly: true });

  const answers = Object.fromEntries(queries.map(({ title, sql }) => [title, answerOf(database, sql)]));

  expect(answers).toEqual(Object.fromEntries(queries.map(({ title, answer }) => [title, answer.map(cells)])));
});

it("makes a backup, as the guide says, on which a bus goes on", async () => {
  const path = await aShop();
  const backup = join(dirname(path), "bus-backup.db");
  const example = examples.find(({ sql }) => sql.startsWith("VACUUM"));
  const stores = [sqliteStore({ path }), sqliteStore({ path: backup })];

  aConnection(path).exec(String(example?.sql).replace("bus-backup.db", backup));
  const stats = await Promise.all(
    stores.map(async (store) => {
      await store.open();
      const counted = await store.stats();
      await store.close();
      return counted;
    }),
  );

  expect(existsSync(backup)).toBe(true);
  expect(stats[1]).toEqual(stats[0]);
  expect(stats[0]).toMatchObject({ events: 5, dead: 1 });
});
