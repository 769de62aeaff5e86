import { expect, it } from "vitest";
import { numberedEvents } from "./numbered-events.ts";
import type { Arrival } from "./receiver.ts";
import { verdictOn, type Verdict } from "./verdict.ts";

/** e0 and e1 are the first and second of their key. */
const EVENTS = numberedEvents(2, 1);
const IDS: ReadonlySet<string> = new Set(["e0", "e1"]);

const CLEAN: Verdict = { unacknowledged: [], lost: [], duplicates: 0, unexplained: [], disordered: [], miscounted: [] };

function anArrival(sequence: number, over: Partial<Arrival> = {}): Arrival {
  return { id: `e${sequence}`, key: "k0", sequence, life: 0, attempt: 1, ...over };
}

function verdictOf(arrivals: readonly Arrival[], inFlight: readonly ReadonlySet<string>[] = []): Verdict {
  return verdictOn({ events: EVENTS, acknowledged: IDS, arrivals, inFlight });
}

it("finds nothing wrong with events that arrive once, in order", () => {
  const verdict = verdictOf([anArrival(0), anArrival(1)]);

  expect(verdict).toEqual(CLEAN);
});

it("lets a process repeat what the one before was killed with", () => {
  const arrivals = [anArrival(0), anArrival(0, { life: 1, attempt: 2 }), anArrival(1, { life: 1 })];

  const verdict = verdictOf(arrivals, [new Set(["e0"])]);

  expect(verdict).toEqual({ ...CLEAN, duplicates: 1 });
});

it("misses what was acknowledged and never arrived", () => {
  const verdict = verdictOf([anArrival(0)]);

  expect(verdict).toEqual({ ...CLEAN, lost: ["e1"] });
});

it("misses what was never acknowledged", () => {
  const verdict = verdictOn({ events: EVENTS, acknowledged: new Set(["e0"]), arrivals: [anArrival(0)], inFlight: [] });

  expect(verdict).toEqual({ ...CLEAN, unacknowledged: ["e1"] });
});

it.each<[string, Arrival, Arrival, readonly ReadonlySet<string>[]]>([
  ["sent by the same process", anArrival(1), anArrival(1), [new Set(["e1"])]],
  ["settled when its process was killed", anArrival(1), anArrival(1, { life: 1 }), [new Set()]],
  ["sent since the only kill", anArrival(1, { life: 1 }), anArrival(1, { life: 2 }), [new Set(["e1"]), new Set()]],
])("finds no reason for a second arrival of an event that was %s", (_, first, second, inFlight) => {
  const verdict = verdictOf([anArrival(0), first, second], inFlight);

  expect(verdict.unexplained).toHaveLength(1);
  expect(verdict.duplicates).toBe(1);
});

it("finds an event that overtook the one before it", () => {
  const verdict = verdictOf([anArrival(1), anArrival(0)]);

  expect(verdict.disordered).toHaveLength(2);
});

it("finds a redelivery that went back behind a later event of its key", () => {
  const arrivals = [anArrival(0), anArrival(1), anArrival(0, { life: 1, attempt: 2 })];

  const verdict = verdictOf(arrivals, [new Set(["e0"])]);

  expect(verdict.disordered).toHaveLength(1);
  expect(verdict.unexplained).toEqual([]);
});

it("finds an attempt that a kill used up and nobody counted", () => {
  const arrivals = [anArrival(0, { life: 1, attempt: 1 }), anArrival(1, { life: 1 })];

  const verdict = verdictOf(arrivals, [new Set(["e0"])]);

  expect(verdict.miscounted).toHaveLength(1);
});
