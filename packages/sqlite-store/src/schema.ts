/**
 * The tables, as the first version makes them. All times are whole ms since the epoch.
 *
 * `ready_at` carries the order of a lane. It is set on the oldest unfinished delivery of each order key, and on every unfinished delivery
 * without one, to the time when it can go out; on all others it is null. So the index on it holds exactly what a lease may begin with, in
 * the order of leasing, and a hot key takes up one entry.
 */
export const SCHEMA_1 = `
CREATE TABLE bus_events (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  source TEXT NOT NULL,
  time TEXT NOT NULL,
  published_at INTEGER,
  subject TEXT,
  key TEXT,
  tenant TEXT,
  correlationid TEXT,
  causationid TEXT,
  traceparent TEXT,
  data TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  deliveries INTEGER NOT NULL, -- how many there are of it
  ended_at INTEGER -- of an event that is owed to nobody
) STRICT;
CREATE INDEX bus_events_ended ON bus_events (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE bus_lanes (
  lane INTEGER PRIMARY KEY,
  sink TEXT NOT NULL,
  destination TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active', -- active, paused, disabled
  reason TEXT,
  paused_until INTEGER,
  ready_at INTEGER, -- when it can give a delivery, its state considered
  pending INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  deliveries INTEGER NOT NULL DEFAULT 0, -- in every state
  UNIQUE (sink, destination)
) STRICT;
CREATE INDEX bus_lanes_ready ON bus_lanes (sink, ready_at) WHERE ready_at IS NOT NULL;

CREATE TABLE bus_deliveries (
  seq INTEGER PRIMARY KEY, -- order of arrival
  id TEXT NOT NULL UNIQUE,
  event INTEGER NOT NULL, -- bus_events.seq
  lane INTEGER NOT NULL, -- bus_lanes.lane
  order_key TEXT,
  mapped_type TEXT,
  mapped_data TEXT,
  state TEXT NOT NULL, -- pending, leased, delivered, skipped, dead, discarded
  attempts INTEGER NOT NULL, -- since it arrived or was replayed
  tries INTEGER NOT NULL, -- attempts ever recorded in bus_attempts
  due_at INTEGER NOT NULL,
  ready_at INTEGER,
  lease_id INTEGER,
  lease_until INTEGER,
  reason TEXT,
  ended_at INTEGER,
  bytes INTEGER NOT NULL -- its share of what retention counts
) STRICT;
CREATE INDEX bus_deliveries_ready ON bus_deliveries (lane, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX bus_deliveries_key ON bus_deliveries (lane, order_key) WHERE order_key IS NOT NULL AND ended_at IS NULL;
CREATE INDEX bus_deliveries_leased ON bus_deliveries (lane, order_key, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX bus_deliveries_ended ON bus_deliveries (ended_at) WHERE ended_at IS NOT NULL AND state <> 'dead';
CREATE INDEX bus_deliveries_dead ON bus_deliveries (state) WHERE state = 'dead';
CREATE INDEX bus_deliveries_died ON bus_deliveries (ended_at) WHERE state = 'dead';

CREATE TABLE bus_attempts (
  delivery INTEGER NOT NULL, -- bus_deliveries.seq
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT,
  status INTEGER,
  detail TEXT,
  PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE bus_state (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL, -- JSON
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- One row: counts kept with every change, and the last numbers given.
CREATE TABLE bus_counters (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  events INTEGER NOT NULL DEFAULT 0,
  pending INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  dead INTEGER NOT NULL DEFAULT 0,
  discarded INTEGER NOT NULL DEFAULT 0,
  finished_bytes INTEGER NOT NULL DEFAULT 0,
  last_event INTEGER NOT NULL DEFAULT 0,
  last_lane INTEGER NOT NULL DEFAULT 0,
  last_delivery INTEGER NOT NULL DEFAULT 0,
  last_lease INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO bus_counters (one) VALUES (1);
`;
