import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker } from "../../src/health/breaker.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One of which five different deliveries have failed. */
function aBreakerAboutToOpen(): Breaker {
  const breaker = new Breaker();
  for (const id of ["a", "b", "c", "d", "e"]) breaker.failed("crm", id, 0);
  return breaker;
}

describe("the breaker", () => {
  it("opens at the failure after five different deliveries have failed", () => {
    const breaker = new Breaker();

    const pauses = ["a", "b", "c", "d", "e", "a"].map((id) => breaker.failed("crm", id, 0));

    expect(pauses).toEqual([undefined, undefined, undefined, undefined, undefined, 30 * SECOND]);
  });

  it("stays closed for one delivery that fails again and again", () => {
    const breaker = new Breaker();

    const pauses = Array.from({ length: 100 }, (_, at) => breaker.failed("crm", "a", at * MINUTE));

    expect(pauses.filter((pause) => pause !== undefined)).toEqual([]);
  });

  it("pauses twice as long after each failed probe, up to 5 min", () => {
    const breaker = aBreakerAboutToOpen();
    const pauses: (number | undefined)[] = [];

    for (let now = 0; pauses.length < 6; now += pauses.at(-1) ?? 0) pauses.push(breaker.failed("crm", "a", now));

    expect(pauses.map((pause) => pause! / SECOND)).toEqual([30, 60, 120, 240, 300, 300]);
  });

  it("takes what was under way when it opened for no probe", () => {
    const breaker = aBreakerAboutToOpen();

    const pauses = [0, 0, 10 * SECOND, 30 * SECOND].map((now) => breaker.failed("crm", "f", now));

    expect(pauses).toEqual([30 * SECOND, 30 * SECOND, 20 * SECOND, 60 * SECOND]);
  });

  it("pauses at least as long as the receiver asks for", () => {
    const breaker = aBreakerAboutToOpen();

    expect(breaker.failed("crm", "f", 0, 10 * MINUTE)).toBe(10 * MINUTE);
    expect(breaker.failed("crm", "f", 10 * MINUTE, 5)).toBe(MINUTE);
  });

  it("begins anew after a success, and after an hour of quiet", () => {
    const healed = aBreakerAboutToOpen();
    healed.forget("crm");
    const quiet = aBreakerAboutToOpen();

    expect(healed.failed("crm", "f", 0)).toBeUndefined();
    expect(quiet.failed("crm", "f", 60 * MINUTE)).toBeUndefined();
  });

  it("begins anew after an hour of quiet of one webhook, while another fails", () => {
    const breaker = new Breaker();
    breaker.failed("shop", "a", 0);
    for (const id of ["a", "b", "c", "d", "e"]) breaker.failed("crm", id, 10 * MINUTE);
    breaker.failed("shop", "a", 65 * MINUTE);

    expect(breaker.failed("crm", "f", 75 * MINUTE)).toBeUndefined();
  });

  it("goes on with a row whose last failure is less than an hour ago, and with a pause that is longer", () => {
    const slow = new Breaker();
    for (const [index, id] of ["a", "b", "c", "d", "e"].entries()) slow.failed("crm", id, index * 50 * MINUTE);
    const patient = aBreakerAboutToOpen();
    patient.failed("crm", "f", 0, 120 * MINUTE);

    expect(slow.failed("crm", "f", 250 * MINUTE)).toBe(30 * SECOND);
    expect(patient.failed("crm", "f", 130 * MINUTE)).toBe(MINUTE);
  });

  it("knows one webhook from another", () => {
    const breaker = aBreakerAboutToOpen();

    expect(breaker.failed("shop", "f", 0)).toBeUndefined();
    expect(breaker.failed("crm", "f", 0)).toBe(30 * SECOND);
  });

  it("never pauses for longer than 5 min by itself, nor before the fifth failure since the last success", () => {
    const step = fc.record({ id: fc.nat({ max: 6 }), isWell: fc.boolean(), waitMs: fc.nat({ max: MINUTE }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const breaker = new Breaker();
        let failed = new Set<number>();
        let now = 0;
        for (const { id, isWell, waitMs } of steps) {
          now += waitMs;
          const pauseMs = isWell ? breaker.forget("crm") : breaker.failed("crm", String(id), now);
          expect(pauseMs !== undefined).toBe(!isWell && failed.size >= 5);
          expect(pauseMs ?? 0).toBeLessThanOrEqual(5 * MINUTE);
          failed = isWell ? new Set() : failed.add(id);
        }
      }),
    );
  });
});
