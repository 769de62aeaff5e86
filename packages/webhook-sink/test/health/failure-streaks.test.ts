import { systemClock, type Logger, type PluginState } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failingKey, FailureStreaks, type FailureStreaksOptions } from "../../src/health/failure-streaks.ts";
import { aFile } from "../a-file.ts";
import { aState } from "./a-state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEY = failingKey("crm");

async function someStreaks(changes: Partial<FailureStreaksOptions> = {}) {
  const clock = virtualClock();
  const warnings: object[] = [];
  const nothing = () => {};
  const logger: Logger = { debug: nothing, info: nothing, error: nothing, warn: (fields) => warnings.push(fields) };
  const state = changes.state ?? (await aState()).state;
  const options = { state, clock, logger, disableAfterMs: 5 * DAY, isKnown: () => true, ...changes };
  return { clock, state, warnings, streaks: new FailureStreaks(options), another: () => new FailureStreaks(options) };
}

/** Counts what a state is asked for. */
function counted(state: PluginState): { state: PluginState; calls: string[] } {
  const calls: string[] = [];
  const get = (target: PluginState, name: string) => {
    calls.push(name);
    return Reflect.get(target, name);
  };
  return { state: new Proxy(state, { get: (target, name) => get(target, String(name)) }), calls };
}

describe("a webhook with nothing but failures", () => {
  it("is given up once they have lasted long enough", async () => {
    const { clock, streaks } = await someStreaks();
    const since = clock.now();

    const told: unknown[] = [];
    for (let day = 0; day <= 5; day += 1) {
      told.push(await streaks.failed("crm"));
      await clock.advance(DAY);
    }

    expect(told).toEqual([undefined, undefined, undefined, undefined, undefined, since]);
  });

  it("is not given up a moment sooner", async () => {
    const { clock, streaks } = await someStreaks();
    await streaks.failed("crm");

    await clock.advance(5 * DAY - 1);
    expect(await streaks.failed("crm")).toBeUndefined();
    await clock.advance(1);
    expect(await streaks.failed("crm")).toBeDefined();
  });

  it("is given up never when the host says so, and nothing is kept", async () => {
    const { clock, streaks, state } = await someStreaks({ disableAfterMs: Infinity });
    await streaks.failed("crm");

    await clock.advance(1_000 * DAY);

    expect(await streaks.failed("crm")).toBeUndefined();
    expect(await state.keys()).toEqual([]);
  });

  it("begins anew with a success, which leaves nothing behind", async () => {
    const { clock, streaks, state } = await someStreaks();
    await streaks.failed("crm");
    await clock.advance(4 * DAY);

    await streaks.succeeded("crm");
    const left = await state.keys();
    await streaks.failed("crm");
    await clock.advance(4 * DAY);

    expect(left).toEqual([]);
    expect(await streaks.failed("crm")).toBeUndefined();
  });

  it("begins anew once it was forgotten, as it is when it is disabled", async () => {
    const { clock, streaks, state } = await someStreaks();
    await streaks.failed("crm");
    await clock.advance(5 * DAY);
    await streaks.failed("crm");

    await streaks.forget("crm");

    expect(await state.keys()).toEqual([]);
    expect(await streaks.failed("crm")).toBeUndefined();
  });

  it("begins anew when the host has taken its note out of the state", async () => {
    const { clock, streaks, state } = await someStreaks();
    await streaks.failed("crm");

    await state.delete(KEY);
    await clock.advance(5 * DAY);

    expect(await streaks.failed("crm")).toBeUndefined();
  });

  it("is not given up for a single failure after a long quiet time", async () => {
    const { clock, streaks } = await someStreaks();
    await streaks.failed("crm");

    await clock.advance(30 * DAY);

    expect(await streaks.failed("crm")).toBeUndefined();
    await clock.advance(4 * DAY);
    expect(await streaks.failed("crm")).toBeUndefined();
    await clock.advance(DAY);
    expect(await streaks.failed("crm")).toBeDefined();
  });

  it("is not taken to be quiet while its next retry is only due", async () => {
    const { clock, streaks } = await someStreaks({ disableAfterMs: HOUR });
    await streaks.failed("crm");

    await clock.advance(24 * HOUR);

    expect(await streaks.failed("crm")).toBeDefined();
  });

  it("is known again after a restart, on a real file", async () => {
    const path = aFile();
    const first = await aState(sqliteStore({ path }));
    const { clock, streaks } = await someStreaks({ state: first.state });
    const since = clock.now();
    await streaks.failed("crm");
    await first.stop();

    const second = await aState(sqliteStore({ path }));
    const restarted = await someStreaks({ state: second.state, clock });
    await clock.advance(5 * DAY);

    expect(await restarted.streaks.failed("crm")).toBe(since);
  });

  it("that had one success before a restart is not given up", async () => {
    const { clock, streaks, another } = await someStreaks();
    await streaks.failed("crm");
    await another().succeeded("crm");

    await clock.advance(5 * DAY);

    expect(await another().failed("crm")).toBeUndefined();
  });
});

describe("two processes on one store", () => {
  it("count each other's failures", async () => {
    const { clock, streaks, another } = await someStreaks();
    const [here, there] = [streaks, another()];
    const since = clock.now();

    for (let day = 0; day < 5; day += 1) {
      await (day % 2 === 0 ? here : there).failed("crm");
      await clock.advance(DAY);
    }

    expect(await there.failed("crm")).toBe(since);
  });

  it("take each other's failures for no quiet time", async () => {
    const { clock, streaks, another } = await someStreaks({ disableAfterMs: 20 * DAY });
    const [here, there] = [streaks, another()];
    const since = clock.now();
    await here.failed("crm");
    for (let day = 0; day < 40; day += 1) {
      await clock.advance(DAY);
      await there.failed("crm");
    }

    expect(await here.failed("crm")).toBe(since);
  });

  it("see each other's success before they give a webhook up", async () => {
    const { clock, streaks, another } = await someStreaks();
    const [here, there] = [streaks, another()];
    await there.succeeded("crm");
    await here.failed("crm");
    await clock.advance(MINUTE);

    await there.succeeded("crm");
    await clock.advance(5 * DAY);

    expect(await here.failed("crm")).toBeUndefined();
  });

  it("do not overwrite what the other has noted meanwhile", async () => {
    const { state } = await aState();
    const { clock, streaks: there } = await someStreaks({ state });
    const since = clock.now();
    const meanwhile: PluginState["change"] = async (changes) => {
      await clock.advance(DAY);
      await there.failed("crm");
      return state.change(changes);
    };
    const { streaks: here } = await someStreaks({ state: { ...state, change: meanwhile }, clock });

    await here.failed("crm");
    await clock.advance(4 * DAY);
    await there.failed("crm");
    await clock.advance(DAY);

    expect(await here.failed("crm")).toBe(since + DAY);
  });

  it("see each other's success also before they have written down what failed since their own", async () => {
    const { clock, streaks: here, another, state } = await someStreaks();
    const there = another();
    await here.failed("crm");
    await here.succeeded("crm");
    await here.failed("crm");
    await clock.advance(MINUTE);

    await there.succeeded("crm");
    await clock.advance(1);
    await here.failed("crm");

    expect(await state.get(KEY)).toEqual({ since: clock.now(), seenAt: clock.now() });
  });

  it("both begin at the same time, once", async () => {
    const { clock, streaks, another, state } = await someStreaks();
    const since = clock.now();

    await Promise.all([streaks.failed("crm"), another().failed("crm"), streaks.failed("crm")]);

    expect(await state.get(KEY)).toEqual({ since, seenAt: since });
  });
});

describe("a webhook that is given up", () => {
  /** What one of two processes sees of the webhook, or that it starts again. */
  const step = fc.record({
    process: fc.nat({ max: 1 }),
    what: fc.constantFrom("failed", "failed", "failed", "failed", "failed", "failed", "succeeded", "restarted"),
    waitMs: fc.oneof(fc.nat({ max: 2 * MINUTE }), fc.nat({ max: 36 * HOUR })),
  });

  it("has had nothing but failures for that long, whatever processes saw them", async () => {
    const { state } = await aState();
    let givenUp = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60, size: "max" }), async (steps) => {
        await state.delete(KEY);
        let now = 0;
        const clock = { ...systemClock, now: () => now, steady: () => now };
        const { another } = await someStreaks({ state, clock });
        const processes = [another(), another()];
        const failedAt = new Set<number>();
        const rash: object[] = [];
        let succeededAt = -Infinity;
        for (const { process, what, waitMs } of steps) {
          now += waitMs;
          if (what === "restarted") processes[process] = another();
          if (what === "succeeded") {
            await processes[process]!.succeeded("crm");
            succeededAt = now;
          }
          const since = what === "failed" ? await processes[process]!.failed("crm") : undefined;
          if (what === "failed") failedAt.add(now);
          if (since === undefined) continue;
          givenUp += 1;
          // A process learns within a minute that another has seen the webhook fail.
          const isRight = failedAt.has(since) && now - since >= 5 * DAY && succeededAt <= since + MINUTE;
          if (!isRight) rash.push({ since, now, succeededAt });
          await processes[process]!.forget("crm");
        }
        expect(rash).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect(givenUp).toBeGreaterThan(0);
  });
});

describe("what is kept of failures", () => {
  it("is nothing for webhooks that are well, for whom the state is asked once a minute", async () => {
    const { state, calls } = counted((await aState()).state);
    const { clock, streaks } = await someStreaks({ state });

    for (let count = 0; count < 100; count += 1) await streaks.succeeded(`webhook-${count}`);
    expect(calls).toEqual(["keys"]);
    await clock.advance(MINUTE);
    for (let count = 0; count < 100; count += 1) await streaks.succeeded(`webhook-${count}`);

    expect(calls).toEqual(["keys", "keys"]);
  });

  it("is written a twentieth of the time as often as it takes to give up", async () => {
    const { state, calls } = counted((await aState()).state);
    const { clock, streaks } = await someStreaks({ state });

    for (let at = 0; at < 6 * HOUR; at += MINUTE) {
      await streaks.failed("crm");
      await clock.advance(MINUTE);
    }
    expect(calls.filter((name) => name === "change")).toHaveLength(1);
    await streaks.failed("crm");

    expect(calls.filter((name) => name === "change")).toHaveLength(2);
  });

  it("is written at most once a minute for a webhook that fails now and then", async () => {
    const { state, calls } = counted((await aState()).state);
    const { clock, streaks } = await someStreaks({ state });

    for (let count = 0; count < 20; count += 1) {
      await streaks.failed("crm");
      await clock.advance(1);
      await streaks.succeeded("crm");
    }
    expect(calls).toEqual(["keys", "get", "change"]);
    await clock.advance(MINUTE);
    await streaks.succeeded("other");

    expect(calls).toEqual(["keys", "get", "change", "change", "keys"]);
    expect(await state.keys()).toEqual([]);
  });

  it("is right at the next look for a webhook that failed, was well, and failed", async () => {
    const { clock, streaks, state } = await someStreaks();
    await streaks.failed("crm");
    await clock.advance(1);
    await streaks.succeeded("crm");
    await clock.advance(1);
    const since = clock.now();
    await streaks.failed("crm");

    await clock.advance(MINUTE);
    await streaks.succeeded("other");
    const noted = await state.get(KEY);
    await clock.advance(5 * DAY - MINUTE);

    expect(noted).toEqual({ since, seenAt: since });
    expect(await streaks.failed("crm")).toBe(since);
  });

  it("is written at once after it was disabled, even if it had just been well", async () => {
    const { streaks, state } = await someStreaks();
    await streaks.failed("crm");
    await streaks.succeeded("crm");

    await streaks.forget("crm");
    await streaks.failed("crm");

    expect(await state.keys()).toEqual([KEY]);
  });

  it("is taken out once by a success, also when an earlier run has written it", async () => {
    const { state, calls } = counted((await aState()).state);
    const { streaks } = await someStreaks({ state });
    await state.set(KEY, { since: 0, seenAt: 0 });

    for (let count = 0; count < 100; count += 1) await streaks.succeeded("crm");

    expect(calls).toEqual(["set", "keys", "delete"]);
  });

  it("is dropped with the webhook", async () => {
    const known = new Set(["crm", "shop"]);
    const { clock, streaks, state } = await someStreaks({ isKnown: (destination) => known.has(destination) });
    await streaks.failed("crm");
    await streaks.failed("shop");

    known.delete("crm");
    await clock.advance(MINUTE);
    await streaks.succeeded("other");

    expect(await state.keys()).toEqual([failingKey("shop")]);
    known.add("crm");
    await streaks.failed("crm");
    expect(await state.keys()).toEqual([KEY, failingKey("shop")]);
  });

  it("is begun anew where the state holds something else", async () => {
    const { clock, streaks, state } = await someStreaks();
    await state.set(KEY, "long ago");

    await streaks.failed("crm");

    expect(await state.get(KEY)).toEqual({ since: clock.now(), seenAt: clock.now() });
  });

  it("is logged, and nothing is given up, when the state fails", async () => {
    const { state, stop } = await aState();
    const { streaks, warnings } = await someStreaks({ state });
    await stop();

    expect(await streaks.failed("crm")).toBeUndefined();
    expect(warnings).toEqual([{ destination: "crm", err: expect.any(Error) }]);
  });
});
