import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { VirtualClock } from "../virtual-clock.ts";

/** Looks at a condition that often before it is given up: some seconds, more on a machine that is busy. */
const MOST_LOOKS = 400;
const BETWEEN_LOOKS_MS = 4;

/**
 * Waits until the condition holds, while real I/O goes on and each look moves the virtual time by 1 ms, for what waits a moment for company.
 *
 * @throws {AssertionError} that names what did not come to hold
 */
export async function until(
  clock: VirtualClock,
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await clock.advance(1);
    if (await condition()) return;
    await sleep(BETWEEN_LOOKS_MS);
  }
  assert.fail(`It did not come to be that ${what}.`);
}

/** What the work gives, while the virtual time moves on. */
export async function whileMoving<T>(clock: VirtualClock, what: string, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  // It is awaited below, but perhaps not before it rejects.
  done.catch(() => undefined);
  await until(clock, what, () => isDone);
  return done;
}
