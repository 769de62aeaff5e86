import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeliveryPolicy } from "@bus/core";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";
import type { TargetFault } from "./sink-target.ts";

const EVENTS = 1_000;

/** What a sink with large batches gets at once, so that it sends many requests too. */
const LOT = 8;
/** Under way when the bus stops in the middle. */
const MIDDLE = 40;
/** Which has each fault occur among as few requests as there are lots. */
const SEED = 42;

/** A tenth of the requests fails. One that hangs is aborted after its time-out. */
const SHARES: readonly { readonly fault: TargetFault; readonly share: number }[] = [
  { fault: { kind: "error" }, share: 0.05 },
  { fault: { kind: "reset" }, share: 0.04 },
  { fault: { kind: "hang" }, share: 0.01 },
];

/** Whatever the plugin's own: patient, and quick, for time is moved on in small steps while requests are under way. */
const POLICY: DeliveryPolicy = {
  concurrency: 8,
  timeoutMs: 500,
  retry: { baseMs: 20, factor: 1, maxMs: 20, attempts: 100 },
};
const STEP_MS = 20;
const LONGEST_STEP_MS = 60_000;
/** Looks without anything having happened: some seconds. */
const MOST_IDLE_LOOKS = 400;

/** A target that keeps failing now and then costs time, and nothing else. */
export const endurance: readonly SinkTest[] = [
  {
    name: "delivers a thousand events while a tenth of the requests fails",
    run: async (bench) => {
      const given = failing(bench);
      const running = await bench.start({ policy: POLICY });

      await deliver(bench, running, given.markers);

      await assertAllDelivered(running);
      assertPlayed(bench, given);
      assertTaken(bench, given, [running]);
    },
  },
  {
    name: "delivers a thousand events across a restart while a tenth of the requests fails",
    run: async (bench) => {
      const given = failing(bench);
      const first = await bench.start({ policy: POLICY, stopTimeoutMs: STEP_MS });
      await deliver(bench, first, given.markers.slice(0, EVENTS / 2));
      const callsBefore = first.calls.length;
      await first.publish(...given.markers.slice(EVENTS / 2, EVENTS / 2 + MIDDLE));
      await first.until("deliver() was called", () => first.calls.length > callsBefore);
      // How it stops is for other tests to say.
      await first.stop().catch(() => undefined);
      const second = await bench.start({ policy: POLICY });

      await drain(bench, second);
      await deliver(bench, second, given.markers.slice(EVENTS / 2 + MIDDLE));

      await assertAllDelivered(second);
      assertPlayed(bench, given);
      assertTaken(bench, given, [first, second]);
    },
  },
];

interface Failing {
  readonly markers: readonly string[];
  /** Those of requests that were not answered. */
  readonly hung: readonly string[];
  readonly played: ReadonlySet<TargetFault["kind"]>;
}

/** Has a tenth of the requests fail from now on, the same ones in each run of a sink that sends in order. */
function failing({ target, subject }: SinkBench): Failing {
  const random = seeded(SEED);
  const hung: string[] = [];
  const played = new Set<TargetFault["kind"]>();
  target.fault = (items) => {
    if (items.length === 0) return undefined;
    let left = random();
    const drawn = SHARES.find(({ share }) => (left -= share) < 0)?.fault;
    if (!drawn || !subject.target.faults.includes(drawn.kind)) return undefined;
    played.add(drawn.kind);
    if (drawn.kind === "hang") hung.push(...items.map(({ marker }) => marker));
    return drawn;
  };
  return { markers: Array.from({ length: EVENTS }, (_, index) => `item-${index}`), hung, played };
}

/** Until nothing is left to send. */
async function deliver(bench: SinkBench, running: RunningSink, markers: readonly string[]): Promise<void> {
  const { batch = 1, requestItems = batch } = bench.subject;
  const lot = requestItems > LOT ? LOT : EVENTS;
  for (let from = 0; from < markers.length; from += lot) {
    await running.publish(...markers.slice(from, from + lot));
    await drain(bench, running);
  }
}

/** Moves the time on in small steps, in larger ones while only a pause can be what all waits for, until nothing is left to send. */
async function drain(bench: SinkBench, running: RunningSink): Promise<void> {
  let stepMs = STEP_MS;
  let seen = "";
  for (let idle = 0; idle < MOST_IDLE_LOOKS; idle += 1) {
    await bench.clock.advance(stepMs);
    await sleep(1);
    const { pending, leased } = await running.bus.deliveries.stats();
    if (pending + leased === 0) return;
    const state = `${running.calls.length} ${pending} ${leased} ${bench.target.requests.length}`;
    if (state !== seen) idle = 0;
    seen = state;
    const isQuiet = idle > 0 && running.calls.every(({ isUnderWay }) => !isUnderWay);
    stepMs = isQuiet ? Math.min(2 * stepMs, LONGEST_STEP_MS) : STEP_MS;
  }
  assert.fail("It did not come to be that every delivery has ended.");
}

async function assertAllDelivered(running: RunningSink): Promise<void> {
  const lost = (await running.deliveries()).filter(({ state }) => state !== "delivered");
  const [first] = lost;
  assert.equal(
    lost.length,
    0,
    `${lost.length} of ${EVENTS} were not delivered; the first ended as ${first?.state}: ${first?.reason}`,
  );
}

/** A run in which nothing failed would show nothing. */
function assertPlayed({ subject, target }: SinkBench, { played }: Failing): void {
  const kinds = SHARES.map(({ fault }) => fault.kind).filter((kind) => subject.target.faults.includes(kind));
  const missing = kinds.filter((kind) => !played.has(kind));
  assert.deepEqual(missing, [], `The sink sent ${EVENTS} events in ${target.requests.length} requests, too few.`);
}

/** What nobody knows the end of may take effect twice: what was sent by calls that were aborted, unless the target hung on it and so did nothing. */
function assertTaken({ target }: SinkBench, { markers, hung }: Failing, runs: readonly RunningSink[]): void {
  const taken = new Set(target.effects.map(({ marker }) => marker));
  const missing = markers.filter((marker) => !taken.has(marker));
  assert.deepEqual(missing, [], `${missing.length} of ${EVENTS} were called delivered, and never took effect.`);
  const aborted = runs.flatMap(({ calls }) => calls.flatMap(({ signal, batch }) => (signal.aborted ? batch : [])));
  const repeated = target.effects.length - taken.size;
  assert.ok(
    repeated <= Math.max(0, aborted.length - hung.length),
    `${repeated} of ${EVENTS} took effect more than once, though each request was answered, or failed as a whole.`,
  );
}

/** Numbers from 0 to 1, the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
