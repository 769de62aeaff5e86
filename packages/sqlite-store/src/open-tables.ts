import { Append } from "./append.ts";
import { Checkpointer } from "./checkpointer.ts";
import { GroupCommit } from "./group-commit.ts";
import { HostTransaction } from "./host-transaction.ts";
import { Lanes } from "./lanes.ts";
import { Leases } from "./lease.ts";
import { Ledger } from "./ledger.ts";
import { migrate } from "./migrations.ts";
import { OrderGroups } from "./order-groups.ts";
import { PluginStateTable } from "./plugin-state-table.ts";
import { Prune } from "./prune.ts";
import { Replay } from "./replay.ts";
import { Search } from "./search.ts";
import { Settle } from "./settle.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { withoutWaiting } from "./without-waiting.ts";

/** A connection whose tables are of this version, with every statement prepared. */
export class OpenTables {
  readonly database: SqliteDatabase;
  readonly ledger: Ledger;
  readonly append: Append;
  readonly leases: Leases;
  readonly settle: Settle;
  readonly lanes: Lanes;
  readonly search: Search;
  readonly replay: Replay;
  readonly prune: Prune;
  readonly state: PluginStateTable;
  readonly commit: GroupCommit;
  readonly host: HostTransaction;
  readonly checkpointer: Checkpointer | undefined;

  /** Throws what SQLite throws, at once if another connection has the lock. */
  constructor(database: SqliteDatabase, options: { path: string | undefined; lockTimeoutMs: number; place: string }) {
    const { path, place } = options;
    withoutWaiting(database, () => migrateNow(database, place));
    const ledger = new Ledger(database);
    const groups = new OrderGroups(database);
    this.database = database;
    this.ledger = ledger;
    this.append = new Append(database, { ledger, isOwn: path !== undefined });
    this.leases = new Leases(database, ledger);
    this.settle = new Settle(database, { ledger, groups, append: this.append });
    this.lanes = new Lanes(database, ledger);
    this.search = new Search(database, ledger);
    this.replay = new Replay(database, { ledger, groups, search: this.search });
    this.prune = new Prune(database, ledger);
    this.state = new PluginStateTable(database);
    this.checkpointer = path === undefined ? undefined : new Checkpointer(database, path);
    this.commit = new GroupCommit({
      ...options,
      database,
      ledger,
      isOwn: path !== undefined,
      checkpointer: this.checkpointer,
    });
    this.host = new HostTransaction(database, { ledger, append: this.append, place });
  }
}

/** Writing, even if there is nothing to migrate, tells at once whether the file can be written: BEGIN alone does not. */
function migrateNow(database: SqliteDatabase, place: string): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    migrate(database, place);
    database.exec("DELETE FROM bus_meta WHERE FALSE");
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
