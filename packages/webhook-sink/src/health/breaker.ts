/** As many different deliveries must fail in a row: one alone that no receiver could take says nothing of the others. */
const ROW = 5;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

/** After so long without a failure the next one begins a new row. */
const QUIET_MS = 3_600_000;

interface Row {
  readonly deliveries: Set<string>;
  /** 0 while it is closed. */
  pauseMs: number;
  openUntil: number;
  failedAt: number;
}

/**
 * Finds the webhooks that are out of order, so that their lanes wait instead of trying delivery after delivery. Keeps something in memory for
 * those alone that failed within the last hours.
 *
 * Times are ms of a clock that never steps.
 */
export class Breaker {
  readonly #rows = new Map<string, Row>();
  #sweepAt = -Infinity;

  /**
   * The webhook gave no answer, or one that says it is overloaded or broken. Returns for how long its lane is to pause, if it is: 30 s at first,
   * twice as long after each failed probe, up to 5 min, and at least `afterMs`.
   */
  failed(destination: string, deliveryId: string, now: number, afterMs = 0): number | undefined {
    this.#sweep(now);
    const last = this.#rows.get(destination);
    const isOngoing = last !== undefined && !isQuiet(last, now);
    const row = isOngoing ? last : { deliveries: new Set<string>(), pauseMs: 0, openUntil: now, failedAt: now };
    this.#rows.set(destination, row);
    row.failedAt = now;
    if (row.deliveries.size < ROW) {
      row.deliveries.add(deliveryId);
      return undefined;
    }
    // What was under way when it opened is no probe.
    const isProbe = now >= row.openUntil;
    if (isProbe) row.pauseMs = row.pauseMs === 0 ? FIRST_PAUSE_MS : Math.min(2 * row.pauseMs, LONGEST_PAUSE_MS);
    row.openUntil = Math.max(row.openUntil, now + afterMs, isProbe ? now + row.pauseMs : 0);
    return row.openUntil - now;
  }

  /** It works, or is no longer asked. */
  forget(destination: string): void {
    this.#rows.delete(destination);
  }

  #sweep(now: number): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + QUIET_MS;
    for (const [destination, row] of this.#rows) if (isQuiet(row, now)) this.#rows.delete(destination);
  }
}

function isQuiet({ failedAt, openUntil }: Row, now: number): boolean {
  return now - Math.max(failedAt, openUntil) >= QUIET_MS;
}
