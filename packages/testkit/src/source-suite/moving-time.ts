import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { VirtualClock } from "../virtual-clock.ts";
import type { SourceUpstream } from "./source-upstream.ts";

const BETWEEN_LOOKS_MS = 2;
const FEW_LOOKS = 4;

/**
 * How many looks move the time by how much. A source that is called answers by itself, given real time; one that fetches may look for news once a
 * minute.
 */
const STEPS: Readonly<Record<SourceUpstream["kind"], readonly { readonly looks: number; readonly ms: number }[]>> = {
  caller: [
    { looks: 500, ms: 1 },
    { looks: 60, ms: 1_000 },
    { looks: 60, ms: 60_000 },
  ],
  queue: [
    { looks: 5, ms: 1 },
    { looks: 10, ms: 100 },
    { looks: 60, ms: 1_000 },
    { looks: 60, ms: 10_000 },
    { looks: 60, ms: 60_000 },
  ],
};

/**
 * Waits until the condition holds, while real I/O goes on and the virtual time moves ever faster.
 *
 * @throws {AssertionError} that names what did not come to hold
 */
export async function untilLater(
  { clock, kind }: { readonly clock: VirtualClock; readonly kind: SourceUpstream["kind"] },
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  for (const { looks, ms } of STEPS[kind]) {
    for (let look = 0; look < looks; look += 1) {
      await clock.advance(ms);
      if (await condition()) return;
      await sleep(BETWEEN_LOOKS_MS);
    }
  }
  assert.fail(`It did not come to be that ${what}.`);
}

/** Lets a while pass, real and virtual, for what must not happen. */
export async function aWhile(clock: VirtualClock, ms: number): Promise<void> {
  for (let look = 0; look < FEW_LOOKS; look += 1) {
    await clock.advance(ms / FEW_LOOKS);
    await sleep(BETWEEN_LOOKS_MS);
  }
}
