import { join } from "node:path";
import Database from "better-sqlite3";
import type { BenchEvent } from "../bench-event.ts";
import type { Contender, Queue } from "../contender.ts";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";

const SCHEMA = `
CREATE TABLE event (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, type TEXT, body TEXT, at INTEGER);
CREATE TABLE delivery (sink INTEGER, seq INTEGER, state INTEGER, due INTEGER, attempt INTEGER, PRIMARY KEY (sink, seq)) WITHOUT ROWID;
`;

/** What SQLite itself takes to keep an event and one delivery, with nothing around it. */
export async function rawSqliteContender(): Promise<Contender> {
  return {
    name: "raw SQLite",
    conditions:
      "better-sqlite3 with WAL and `synchronous = FULL`, one transaction per call with two rows per event, called without a bus around it. It has no concurrency: beside waves stand transactions of the same size. Acknowledged: synced to disk.",
    part: "yardstick",
    isSynced: true,
    open: async () => openFile(),
    close: async () => {},
  };
}

function openFile(): Queue {
  const directory = scratchDirectory();
  const database = new Database(join(directory, "raw.db"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(SCHEMA);
  const insertEvent = database.prepare("INSERT INTO event (id, type, body, at) VALUES (?, ?, ?, ?)");
  const insertDelivery = database.prepare("INSERT INTO delivery VALUES (1, ?, 0, 0, 0)");
  const append = database.transaction((events: readonly BenchEvent[]) => {
    for (const { id, type, data } of events) {
      const { lastInsertRowid } = insertEvent.run(id, type, JSON.stringify(data), 1);
      insertDelivery.run(lastInsertRowid);
    }
  });
  return {
    publishMany: async (events) => append.immediate(events),
    async close() {
      database.close();
      removeScratch(directory);
    },
  };
}
