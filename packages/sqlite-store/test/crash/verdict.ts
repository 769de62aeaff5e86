import type { NumberedEvent } from "./numbered-events.ts";
import type { Arrival } from "./receiver.ts";

export interface Evidence {
  /** Every event that was to be published. */
  readonly events: readonly NumberedEvent[];
  readonly acknowledged: ReadonlySet<string>;
  /** In the order of their coming. */
  readonly arrivals: readonly Arrival[];
  /** For each process that was killed, in order, the ids of the events that it had a lease on and had not settled. */
  readonly inFlight: readonly ReadonlySet<string>[];
}

export interface Verdict {
  /** Not acknowledged in the end. */
  readonly unacknowledged: readonly string[];
  /** Acknowledged, and never arrived. */
  readonly lost: readonly string[];
  /** Arrivals of events that had arrived before. */
  readonly duplicates: number;
  /** Those of them that no kill explains. */
  readonly unexplained: readonly string[];
  /** Arrivals that overtook one of their key, or came behind one. */
  readonly disordered: readonly string[];
  /** Arrivals that counted their attempts wrongly. */
  readonly miscounted: readonly string[];
}

/** What a run has shown. */
export function verdictOn({ events, acknowledged, arrivals, inFlight }: Evidence): Verdict {
  const lastArrival = new Map<string, Arrival>();
  const lastOfKey = new Map<string, number>();
  const unexplained: string[] = [];
  const disordered: string[] = [];
  const miscounted: string[] = [];
  for (const arrival of arrivals) {
    const { id, key, sequence, life, attempt } = arrival;
    const before = lastArrival.get(id);
    if (before !== undefined && !isExplained(before, arrival, inFlight)) unexplained.push(shown(arrival));
    const last = lastOfKey.get(key) ?? -1;
    // A redelivery may repeat the newest of its key; it never goes back behind it.
    if (sequence !== last + 1 && sequence !== last) disordered.push(`${shown(arrival)} after ${key}/${last}`);
    // A delivery counts an attempt when it is leased: once for each kill that it was out at, and once for this.
    const kills = inFlight.slice(0, life).filter((ids) => ids.has(id)).length;
    if (attempt !== kills + 1) miscounted.push(`${shown(arrival)} is attempt ${attempt} after ${kills} such kills`);
    lastArrival.set(id, arrival);
    lastOfKey.set(key, Math.max(last, sequence));
  }
  return {
    unacknowledged: events.filter(({ id }) => !acknowledged.has(id)).map(({ id }) => id),
    lost: [...acknowledged].filter((id) => !lastArrival.has(id)),
    duplicates: arrivals.length - lastArrival.size,
    unexplained,
    disordered,
    miscounted,
  };
}

/** A later process may repeat what the one before was killed with, unsettled. */
function isExplained(before: Arrival, { life }: Arrival, inFlight: readonly ReadonlySet<string>[]): boolean {
  return life > before.life && inFlight[before.life]?.has(before.id) === true;
}

function shown({ id, key, sequence, life }: Arrival): string {
  return `${id} (${key}/${sequence}, process ${life})`;
}
