import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { RateLimits } from "../../src/calls/rate-limits.ts";

const policy = (burst: number, cost = "bulk") =>
  `60;w=1;burst=${burst};comment="token bucket";category="trigger";cost="${cost}"`;

/** An answer's headers. */
function headersOf({ remaining, reset, burst = 660, retryAfter }: Record<string, number>): Record<string, string> {
  return {
    "ratelimit-limit": "600",
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(reset),
    "ratelimit-policy": policy(burst ?? 660),
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
}

function someLimits() {
  const clock = virtualClock();
  return { clock, limits: new RateLimits(clock) };
}

describe("the tokens that remain", () => {
  it("are enough as long as the service has said nothing", () => {
    const { limits } = someLimits();

    expect([limits.waitMs("single"), limits.waitMs("bulk"), limits.canBulk]).toEqual([0, 0, true]);
  });

  it("keep a request waiting that costs more, until the reset", async () => {
    const { clock, limits } = someLimits();
    limits.learn("bulk", 201, headersOf({ remaining: 99, reset: 2 }));

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([0, 2_000]);
    await clock.advance(1_500);
    expect(limits.waitMs("bulk")).toBe(500);
    await clock.advance(500);
    expect(limits.waitMs("bulk")).toBe(0);
  });

  it("keep nothing waiting that they suffice for", () => {
    const { limits } = someLimits();

    limits.learn("bulk", 201, headersOf({ remaining: 100, reset: 2 }));

    expect(limits.waitMs("bulk")).toBe(0);
  });

  it("are those of the last answer", () => {
    const { limits } = someLimits();
    limits.learn("single", 201, headersOf({ remaining: 0, reset: 5 }));

    limits.learn("single", 201, headersOf({ remaining: 640, reset: 1 }));

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([0, 0]);
  });

  it("stay as they were after an answer that does not tell them", () => {
    const { limits } = someLimits();
    limits.learn("single", 201, headersOf({ remaining: 0, reset: 5 }));

    limits.learn("single", 502, {});
    limits.learn("single", 201, { "ratelimit-remaining": "many", "ratelimit-reset": "soon" });

    expect(limits.waitMs("single")).toBe(5_000);
  });
});

describe("a reset beside what has passed", () => {
  it.each([
    [201, 3_600, 3_600_000],
    [201, 3_601, 0],
    [201, 1_767_225_600, 0],
    [500, 1_767_225_600, 0],
  ])("of a %i in %i s keeps a request waiting for %i ms", (status, reset, waitMs) => {
    const { limits } = someLimits();

    limits.learn("bulk", status, headersOf({ remaining: 0, reset }));

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([waitMs, waitMs]);
  });
});

describe("a request that is turned away", () => {
  it.each([
    ["Retry-After where that is longer", { remaining: 0, reset: 2, retryAfter: 9 }, 9_000],
    ["the reset where that is longer", { remaining: 0, reset: 9, retryAfter: 2 }, 9_000],
    ["a second where both are at once", { remaining: 0, reset: 0, retryAfter: 0 }, 1_000],
    ["a day at most", { remaining: 0, reset: 10_000_000, retryAfter: 2 }, 86_400_000],
  ])("waits %s", (_, headers, afterMs) => {
    const { limits } = someLimits();

    limits.learn("single", 429, headersOf(headers));

    expect(limits.afterMsOf(429, headersOf(headers))).toBe(afterMs);
    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([afterMs, afterMs]);
  });

  it("waits a second where the service does not say how long", () => {
    const { limits } = someLimits();

    expect(limits.afterMsOf(429, {})).toBe(1_000);
  });

  it("leaves those open that cost less, although nothing is said to remain", () => {
    const { limits } = someLimits();

    limits.learn("bulk", 429, headersOf({ remaining: 0, reset: 3 }));

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([0, 3_000]);
  });
});

describe("a bulk that is turned away", () => {
  it("does not wait less because a single one, too, is turned away", () => {
    const { limits } = someLimits();
    limits.learn("bulk", 429, headersOf({ remaining: 0, reset: 5 }));

    limits.learn("single", 429, headersOf({ remaining: 0, reset: 1 }));

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([1_000, 5_000]);
  });
});

describe("a second one that is turned away", () => {
  it.each([
    ["sooner", 60, {}, 60_000],
    ["later", 2, { "retry-after": "60" }, 60_000],
  ])("and says %s leaves the later end", (_, first, second, waitMs) => {
    const { limits } = someLimits();
    limits.learn("single", 429, { "retry-after": String(first) });

    limits.learn("single", 429, second);

    expect([limits.waitMs("single"), limits.waitMs("bulk")]).toEqual([waitMs, waitMs]);
  });
});

describe("the wait after another answer", () => {
  it("is what Retry-After says, in seconds or as a date, and not the reset", () => {
    const { clock, limits } = someLimits();
    const date = new Date(clock.now() + 4_000).toUTCString();

    expect(limits.afterMsOf(503, headersOf({ remaining: 9, reset: 8, retryAfter: 3 }))).toBe(3_000);
    expect(limits.afterMsOf(409, { "retry-after": date })).toBe(4_000);
    expect(limits.afterMsOf(500, headersOf({ remaining: 9, reset: 8 }))).toBeUndefined();
  });
});

describe("the bucket", () => {
  it.each([
    [99, false],
    [100, true],
  ])("of %i tokens takes bulks: %s", (burst, canBulk) => {
    const { limits } = someLimits();

    limits.learn("single", 201, headersOf({ remaining: 9, reset: 1, burst }));

    expect([limits.canBulk, limits.burst]).toEqual([canBulk, burst]);
  });

  it("may grow", () => {
    const { limits } = someLimits();
    limits.learn("bulk", 429, headersOf({ remaining: 0, reset: 1, burst: 66 }));

    limits.learn("single", 201, headersOf({ remaining: 9, reset: 1, burst: 330 }));

    expect(limits.canBulk).toBe(true);
  });

  it("is forgotten a minute after it was last told", async () => {
    const { clock, limits } = someLimits();
    limits.learn("single", 201, headersOf({ remaining: 9, reset: 1, burst: 66 }));
    await clock.advance(30_000);
    limits.learn("single", 201, headersOf({ remaining: 9, reset: 1, burst: 66 }));

    await clock.advance(59_999);
    const before = [limits.canBulk, limits.burst];
    await clock.advance(1);

    expect(before).toEqual([false, 66]);
    expect([limits.canBulk, limits.burst]).toEqual([true, undefined]);
  });

  it.each(["60;w=1", "", "60;w=1;burst=none", '60;w=1;comment="burst=5"'])(
    "is not known from the policy %j",
    (text) => {
      const { limits } = someLimits();

      limits.learn("single", 201, { "ratelimit-policy": text });

      expect(limits.burst).toBeUndefined();
    },
  );
});
