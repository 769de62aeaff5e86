import type { KillPoint } from "./crash-plan.ts";
import type { Verdict } from "./verdict.ts";

export interface CrashReport extends Verdict {
  readonly seed: number;
  readonly kills: Readonly<Partial<Record<KillPoint, number>>>;
  /** Kills at which nothing was in flight. */
  readonly idleKills: number;
  readonly events: number;
  readonly acknowledged: number;
  /** Events that arrived, and how often in all. */
  readonly arrived: number;
  readonly arrivals: number;
  /** Deliveries that were out with a process when it was killed, over all kills: duplicates are at most as many. */
  readonly inFlight: number;
  /** Whatever else was wrong: a process that ended as it should not, a complaint of the bus, a file that is not whole. */
  readonly faults: readonly string[];
  readonly elapsedMs: number;
}

/** Everything that must not be, one line each; none when the run was as it should be. */
export function violationsIn(report: CrashReport): readonly string[] {
  const { unacknowledged, lost, duplicates, inFlight, unexplained, disordered, miscounted, faults } = report;
  return [
    ...faults,
    ...unacknowledged.map((id) => `${id} was never acknowledged.`),
    ...lost.map((id) => `${id} was acknowledged and never arrived.`),
    ...unexplained.map((arrival) => `${arrival} arrived again, and no kill explains it.`),
    ...disordered.map((arrival) => `Out of order: ${arrival}.`),
    ...miscounted.map((arrival) => `Attempts: ${arrival}.`),
    ...(duplicates > inFlight ? [`${duplicates} duplicates are more than the ${inFlight} that were in flight.`] : []),
  ];
}

export function figuresOf(report: CrashReport): string {
  const kills = Object.entries(report.kills).toSorted(([left], [right]) => left.localeCompare(right));
  const total = kills.reduce((sum, [, count]) => sum + count, 0);
  const byPoint = kills.map(([point, count]) => `${point} ${count}`).join(", ");
  const figures = {
    seed: report.seed,
    kills: total === 0 ? 0 : `${total} (${byPoint}); ${report.idleKills} of them with nothing in flight`,
    "events acknowledged": `${report.acknowledged} of ${report.events}`,
    "events arrived": report.arrived,
    "events lost": report.lost.length,
    duplicates: `${report.duplicates}, of ${report.inFlight} in flight at the kills`,
    "out of order": report.disordered.length,
    violations: violationsIn(report).length,
    time: `${Math.round(report.elapsedMs / 1000)} s`,
  };
  return Object.entries(figures)
    .map(([name, figure]) => `${name.padEnd(20)} ${figure}`)
    .join("\n");
}
