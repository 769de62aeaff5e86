import { join } from "node:path";
import { acknowledgedIn } from "./acknowledged-log.ts";
import { aftermathOf, faultsInTheEnd } from "./aftermath.ts";
import { crashPlan, type Absence, type KillPoint, type PlanOptions } from "./crash-plan.ts";
import type { CrashReport } from "./crash-report.ts";
import { live, type LifeEnd } from "./life.ts";
import { numberedEvents } from "./numbered-events.ts";
import { Receiver } from "./receiver.ts";
import type { Sabotage } from "./sabotage.ts";
import { SeededRandom } from "./seeded-random.ts";
import { verdictOn } from "./verdict.ts";

export interface CrashRunOptions extends PlanOptions {
  /** An empty directory for the run's files. */
  readonly directory: string;
  readonly sabotage?: Sabotage;
  /** Called after each kill, with how many there were. */
  readonly progress?: (kills: number) => void;
}

const KEYS = 50;
/** The leases of the dead end while the next process starts, or soon after. */
const LEASE_END_WITHIN_MS = 800;
const LONGER_MS = 5_000;

/** Lets process after process work on one store, each but the last until it is killed, and looks at what has come of it. */
export async function crashRun(options: CrashRunOptions): Promise<CrashReport> {
  const { seed, events, directory, sabotage, progress } = options;
  const startedAt = performance.now();
  const random = new SeededRandom(seed ^ 0x5eed);
  const storePath = join(directory, "bus.db");
  const logPath = join(directory, "acknowledged.log");
  const kills: Partial<Record<KillPoint, number>> = {};
  const faults: string[] = [];
  const inFlight: ReadonlySet<string>[] = [];
  let aheadMs = 0;
  let leasesEndAt = 0;
  let lastLease = 0;
  await using receiver = await Receiver.start(random);

  for (const [life, { absence, upTo, death, seed: ownSeed }] of crashPlan(options).entries()) {
    aheadMs = Math.max(aheadMs, aheadAfter(absence, leasesEndAt, random));
    const isLast = death === undefined;
    const orders = { storePath, logPath, receiverUrl: receiver.url, life, seed: ownSeed, keys: KEYS, upTo, aheadMs };
    const end = await live({ ...orders, death, isLast, sabotage }, () => receiver.lastArrivalAt);
    await receiver.quiet();
    faults.push(...faultsOf(end, isLast).map((fault) => `Process ${life}: ${fault}`));
    if (isLast || end.isStuck || end.signal !== "SIGKILL") break;
    const aftermath = aftermathOf(storePath, lastLease);
    kills[death.point] = (kills[death.point] ?? 0) + 1;
    inFlight.push(aftermath.inFlight);
    faults.push(...aftermath.faults.map((fault) => `After process ${life}: ${fault}`));
    leasesEndAt = Math.max(leasesEndAt, aftermath.leasesEndAt ?? 0);
    lastLease = aftermath.lastLease;
    progress?.(inFlight.length);
  }

  const acknowledged = acknowledgedIn(logPath);
  const { arrivals } = receiver;
  const verdict = verdictOn({ events: numberedEvents(events, KEYS), acknowledged, arrivals, inFlight });
  return {
    ...verdict,
    seed,
    kills,
    idleKills: inFlight.filter(({ size }) => size === 0).length,
    events,
    acknowledged: acknowledged.size,
    arrived: arrivals.length - verdict.duplicates,
    arrivals: arrivals.length,
    inFlight: inFlight.reduce((sum, { size }) => sum + size, 0),
    faults: [...faults, ...faultsInTheEnd(storePath, events)],
    elapsedMs: performance.now() - startedAt,
  };
}

/** By how much the next process's clock is to be ahead. */
function aheadAfter(absence: Absence, leasesEndAt: number, random: SeededRandom): number {
  if (absence === "none") return 0;
  const leftMs = leasesEndAt - Date.now();
  return absence === "longer" ? leftMs + LONGER_MS : leftMs - random.between(0, LEASE_END_WITHIN_MS);
}

function faultsOf({ code, signal, complaints, isStuck }: LifeEnd, isLast: boolean): readonly string[] {
  const isAsWanted = isLast ? code === 0 : signal === "SIGKILL";
  return [
    ...(isAsWanted ? [] : [`it ended with ${signal ?? `code ${code}`}`]),
    ...(isStuck ? ["it was stuck"] : []),
    ...(complaints === "" ? [] : [complaints.trim()]),
  ];
}
