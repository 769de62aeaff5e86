import { delivered, disable, pause, rejected, retry, skipped, type Outcome, type Sink } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, untilAborted, type StartedBus } from "./a-started-bus.ts";

const DESTINATIONS = ["one", "two", "three"];
const RETRY = [10, 20, 40];
const MINUTE = 60_000;

type Act = "delivered" | "skipped" | "rejected" | "retry" | "free" | "pause" | "disable" | "throw" | "hang" | "garbage";
const OUTCOMES: Readonly<Partial<Record<Act, Outcome>>> = {
  delivered: delivered(),
  skipped: skipped("filtered"),
  rejected: rejected("400"),
  retry: retry("503"),
  free: retry("429", { free: true, afterMs: 15 }),
  pause: pause("503", { probeAfterMs: 50 }),
  disable: disable("410"),
};

const act = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>("delivered") },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Act[]>("skipped", "rejected", "retry", "free", "pause", "throw", "hang", "garbage"),
  },
  { weight: 1, arbitrary: fc.constant<Act>("disable") },
);
const plannedEvent = fc.record({
  key: fc.constantFrom(undefined, "a", "b"),
  to: fc.uniqueArray(fc.constantFrom(...DESTINATIONS), { maxLength: 3 }),
});
const destination = fc.constantFrom(...DESTINATIONS);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ publish: fc.array(plannedEvent, { minLength: 1, maxLength: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ advance: fc.nat(120) }) },
  { weight: 1, arbitrary: fc.record({ pause: destination }) },
  { weight: 1, arbitrary: fc.record({ resume: destination }) },
  { weight: 1, arbitrary: fc.record({ enable: destination }) },
);
const scenario = fc.record({
  acts: fc.array(fc.record({ act, tookMs: fc.nat(30) }), { maxLength: 60 }),
  steps: fc.array(step, { minLength: 2, maxLength: 20 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  busConcurrency: fc.integer({ min: 1, max: 6 }),
  maxItems: fc.integer({ min: 1, max: 3 }),
  lingerMs: fc.constantFrom(0, 20),
  ordering: fc.constantFrom("key" as const, "lane" as const),
});

it("keeps its promises whatever sinks and hosts do", async () => {
  const property = fc.asyncProperty(scenario, async (plan) => {
    const run = new Run(plan.ordering, plan.acts);
    const started = await aStartedBus({
      clock: run.clock,
      deliver: run.deliver,
      destinations: ({ data }) => data as string[],
      concurrency: plan.busConcurrency,
      batch: { maxItems: plan.maxItems, lingerMs: plan.lingerMs },
      policy: { ordering: plan.ordering, concurrency: plan.concurrency, timeoutMs: 100, retry: RETRY },
    });
    for (const each of plan.steps) await run.take(each, started);
    await run.finish(started);
    await started.end();
  });

  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
}, 60_000);

/** One scenario: what it asked for, and what must not happen. */
class Run {
  readonly clock = virtualClock();
  readonly #ordering: "key" | "lane";
  readonly #acts: { readonly act: Act; readonly tookMs: number }[];
  readonly #underWay = new Set<string>();
  /** Lane and order key → sequence numbers in the order of their ends. */
  readonly #ended = new Map<string, number[]>();
  readonly #broken: string[] = [];
  #published = 0;
  #owed = 0;

  constructor(ordering: "key" | "lane", acts: readonly { readonly act: Act; readonly tookMs: number }[]) {
    this.#ordering = ordering;
    this.#acts = [...acts];
  }

  readonly deliver: Sink["deliver"] = async (batch, context) => {
    const groups = batch.flatMap(({ destination: to, event }) => {
      if (this.#ordering === "lane") return [to];
      return event.key === undefined ? [] : [`${to} ${event.key}`];
    });
    const own = new Set(groups);
    // What is thrown here is a fault of the sink, which the engine forgives.
    if (this.#ordering === "key" && own.size < groups.length) this.#broken.push("two of a key in a batch");
    for (const group of own) {
      if (this.#underWay.has(group)) this.#broken.push(`two at once of ${group}`);
      this.#underWay.add(group);
    }
    if (batch.some(({ attempt }) => attempt > RETRY.length + 1)) this.#broken.push("one attempt too many");
    try {
      return await Promise.all(batch.map(() => this.#answer(context)));
    } finally {
      for (const group of own) this.#underWay.delete(group);
    }
  };

  async take(
    each: { publish?: readonly { key?: string | undefined; to: readonly string[] }[] } & {
      [Name in "pause" | "resume" | "enable"]?: string;
    } & { advance?: number },
    { bus, clock }: StartedBus,
  ): Promise<void> {
    if (each.advance !== undefined) await clock.advance(each.advance);
    if (each.publish) {
      const planned = each.publish.map(({ key, to }) =>
        anEvent({ id: `${(this.#published += 1)}`, data: to, ...(key !== undefined && { key }) }),
      );
      await bus.publishMany(planned);
      this.#owed += each.publish.reduce((sum, { to }) => sum + Math.max(to.length, 1), 0);
    }
    const lanes = await bus.lanes.list();
    const stateOf = (to: string | undefined): string | undefined =>
      lanes.find((lane) => lane.destination === to)?.status.state;
    if (each.pause !== undefined) await bus.lanes.pause({ sink: "hooks", destination: each.pause });
    if (stateOf(each.resume) === "paused") await bus.lanes.resume({ sink: "hooks", destination: each.resume ?? "" });
    if (stateOf(each.enable) === "disabled") await bus.lanes.enable({ sink: "hooks", destination: each.enable ?? "" });
  }

  /** Lets everything go, and looks at what came of it. */
  async finish({ bus, clock, signals, errors }: StartedBus): Promise<void> {
    this.#acts.length = 0;
    // What is under way may still disable a lane.
    await clock.advance(1_000);
    for (const lane of await bus.lanes.list()) {
      if (lane.status.state === "paused") await bus.lanes.resume(lane);
      if (lane.status.state === "disabled") await bus.lanes.enable(lane);
    }
    await clock.advance(5 * MINUTE);
    expect(this.#broken).toEqual([]);
    const stats = await bus.deliveries.stats();
    expect(stats).toMatchObject({ pending: 0, leased: 0, parked: 0, discarded: 0 });
    expect(stats.delivered + stats.skipped + stats.dead).toBe(this.#owed);
    for (const name of ["delivered", "skipped", "dead"] as const)
      expect(signals.filter((signal) => signal.name === name)).toHaveLength(stats[name]);
    expect(errors.filter(({ code }) => code === "BUS_LEASE_LOST" || code === "BUS_STORE_FAILED")).toEqual([]);
    const keys = new Map((await bus.deliveries.list({ limit: 1_000 })).items.map(({ id, event }) => [id, event.key]));
    for (const { name, deliveryId = "", eventId, destination: to } of signals) {
      const key = keys.get(deliveryId);
      if (name !== "delivered" || key === undefined) continue;
      const group = `${to} ${key}`;
      this.#ended.set(group, [...(this.#ended.get(group) ?? []), Number(eventId)]);
    }
    if (this.#ordering === "key")
      for (const ids of this.#ended.values()) expect(ids).toEqual(ids.toSorted((left, right) => left - right));
  }

  async #answer(context: Parameters<Sink["deliver"]>[1]): Promise<Outcome> {
    const { act: next, tookMs } = this.#acts.shift() ?? { act: "delivered", tookMs: 0 };
    if (next === "hang") return untilAborted(context);
    if (tookMs > 0) await elapsed(this.clock, tookMs);
    if (next === "throw") throw new Error("no such field");
    return OUTCOMES[next] ?? (undefined as unknown as Outcome);
  }
}
