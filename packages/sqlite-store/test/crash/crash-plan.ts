import { SeededRandom } from "./seeded-random.ts";

/** Where a process can kill itself. */
const FAULT_POINTS = [
  // The store has committed the events; publish has not been told.
  "after-commit",
  // The host has been told, and has written the ids down.
  "after-acknowledgement",
  "before-send",
  // The receiver has answered; the engine has not been told.
  "after-answer",
  "before-settle",
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];
export type KillPoint = FaultPoint | "random";

/** What a process tells of itself: it opens the store, which recovers what the last one left; then it publishes and delivers. */
export type Stage = "opening" | "working";

/** A process dies when it passes the point with the `count`th event or delivery since it began; or at a time, whatever it is doing. */
export type Death =
  | { readonly point: FaultPoint; readonly count: number }
  | { readonly point: "random"; readonly since: Stage; readonly afterMs: number };

/**
 * How long nobody is there before a process starts: no time, so that it finds the leases of the dead one; until these are about to end, so that
 * they end while it works; or longer.
 */
export type Absence = "none" | "until-leases-end" | "longer";

/** The life of one process. */
export interface PlannedLife {
  readonly absence: Absence;
  /** How many of the events, from the first, it sees to it that are published. */
  readonly upTo: number;
  /** Undefined for the last one, which works until everything has arrived. */
  readonly death: Death | undefined;
  /** For its own choices. */
  readonly seed: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly kills: number;
  readonly events: number;
  /** Where to kill. @default every point, and as often at random times */
  readonly points?: readonly KillPoint[];
}

const EVERYWHERE: readonly KillPoint[] = [...FAULT_POINTS, ...FAULT_POINTS.map(() => "random" as const)];
/** So many events for each process are enough for every fault point to be passed. */
const LEAST_EVENTS_PER_LIFE = 16;
const SHORTEST_WORK_MS = 5;
const LONGEST_WORK_MS = 200;
const LONGEST_OPENING_MS = 20;

/** The same for the same options. What falls between two instructions of different processes is left to the machine. */
export function crashPlan({ seed, kills, events, points = EVERYWHERE }: PlanOptions): readonly PlannedLife[] {
  const random = new SeededRandom(seed);
  const lives = kills + 1;
  const share = Math.floor(events / lives);
  if (share < LEAST_EVENTS_PER_LIFE)
    throw new RangeError(`${kills} kills need at least ${lives * LEAST_EVENTS_PER_LIFE} events.`);

  const upcoming: KillPoint[] = [];
  let absence: Absence = "none";
  return Array.from({ length: lives }, (_, index): PlannedLife => {
    if (upcoming.length === 0) upcoming.push(...random.shuffled(points));
    const point = upcoming.pop();
    const isLast = index === kills;
    absence = absenceBefore({ isLast, last: absence }, random);
    return {
      absence,
      upTo: isLast ? events : share * (index + 1),
      death: isLast || point === undefined ? undefined : deathAt(point, share, random),
      seed: random.between(0, 2 ** 31),
    };
  });
}

/**
 * The last process must see the leases end. Two in a row never follow at once on the one before: with each, more keys are held back, and with most
 * of them a fault point might not be reached.
 */
function absenceBefore({ isLast, last }: { isLast: boolean; last: Absence }, random: SeededRandom): Absence {
  return isLast || last === "none"
    ? random.pick(["until-leases-end", "longer"])
    : random.pick(["none", "until-leases-end", "longer"]);
}

function deathAt(point: KillPoint, share: number, random: SeededRandom): Death {
  if (point !== "random") return { point, count: random.between(1, Math.floor(share / 4)) };
  if (random.between(1, 5) === 1) return { point, since: "opening", afterMs: random.between(0, LONGEST_OPENING_MS) };
  return { point, since: "working", afterMs: random.between(SHORTEST_WORK_MS, LONGEST_WORK_MS) };
}
