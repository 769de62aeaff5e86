import type { Database } from "better-sqlite3";

/** What `stats` must say, counted row by row. */
export function statsByScan(database: Database): Readonly<Record<string, number>> {
  const count = (sql: string): number => Number(database.prepare(sql).pluck().get());
  const inState = (state: string): number => count(`SELECT count(*) FROM bus_deliveries WHERE state = '${state}'`);
  return {
    events: count("SELECT count(*) FROM bus_events"),
    pending: inState("pending"),
    leased: inState("leased"),
    delivered: inState("delivered"),
    skipped: inState("skipped"),
    dead: inState("dead"),
    discarded: inState("discarded"),
    parked: count(
      "SELECT count(*) FROM bus_deliveries JOIN bus_lanes USING (lane) WHERE bus_deliveries.state = 'pending' AND bus_lanes.state = 'disabled'",
    ),
  };
}
