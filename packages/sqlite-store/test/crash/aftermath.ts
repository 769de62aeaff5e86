import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { statsByScan } from "../stats-by-scan.ts";

/** What a dead process has left in the file. */
export interface Aftermath {
  /** Ids of the events whose deliveries were out with a lease of later than the given number. */
  readonly inFlight: ReadonlySet<string>;
  /** When the last of these leases ends, ms since the epoch; undefined when there are none. */
  readonly leasesEndAt: number | undefined;
  /** The number of the last lease given. */
  readonly lastLease: number;
  /** What is wrong with the file. */
  readonly faults: readonly string[];
}

interface LeasedRow {
  readonly id: string;
  readonly lease_until: number;
}

export function aftermathOf(path: string, sinceLease: number): Aftermath {
  return inCopy(path, (database) => {
    if (!hasTables(database))
      return { inFlight: new Set<string>(), leasesEndAt: undefined, lastLease: 0, faults: faultsOf(database) };
    const leased = database
      .prepare<[number], LeasedRow>(
        `SELECT e.id, d.lease_until FROM bus_deliveries AS d JOIN bus_events AS e ON e.seq = d.event
          WHERE d.state = 'leased' AND d.lease_id > ?`,
      )
      .all(sinceLease);
    return {
      inFlight: new Set(leased.map(({ id }) => id)),
      leasesEndAt: leased.length === 0 ? undefined : Math.max(...leased.map(({ lease_until }) => lease_until)),
      lastLease: countersIn(database).last_lease ?? 0,
      faults: [...faultsOf(database), ...miscounted(database)],
    };
  });
}

/** What is wrong with a file in which so many events, each owed to one sink, should have been delivered. */
export function faultsInTheEnd(path: string, events: number): readonly string[] {
  const wanted = { events, delivered: events, pending: 0, leased: 0, skipped: 0, dead: 0, discarded: 0 };
  return inCopy(path, (database) => {
    if (!hasTables(database)) return ["in the end the store has no tables"];
    const kept = countersIn(database);
    const wrong = Object.entries(wanted).filter(([name, count]) => kept[name] !== count);
    return [
      ...wrong.map(([name, count]) => `in the end the store counts ${kept[name]} ${name}, not ${count}`),
      ...faultsOf(database),
      ...miscounted(database),
    ];
  });
}

/** A copy, so that the next process finds the file as the dead one left it: whoever opens it first recovers it. */
function inCopy<Result>(path: string, read: (database: Database.Database) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), "bus-aftermath-"));
  try {
    const copy = join(directory, "copy.db");
    for (const suffix of ["", "-wal", "-journal"])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    const database = new Database(copy);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** They are made in one transaction; a process may have died before it. */
function hasTables(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'bus_counters'").get() !== undefined;
}

function faultsOf(database: Database.Database): readonly string[] {
  const rows = database.prepare<[], string>("PRAGMA integrity_check").pluck().all();
  return rows.filter((row) => row !== "ok").map((row) => `integrity_check: ${row}`);
}

/** The counts kept beside the rows must be those of the rows. */
function miscounted(database: Database.Database): readonly string[] {
  const kept = countersIn(database);
  const { parked: _, ...counted } = statsByScan(database);
  return Object.entries(counted)
    .filter(([name, count]) => kept[name] !== count)
    .map(([name, count]) => `${kept[name]} are counted as ${name}, and there are ${count}`);
}

function countersIn(database: Database.Database): Readonly<Record<string, number>> {
  return database.prepare<[], Record<string, number>>("SELECT * FROM bus_counters").get() ?? {};
}
