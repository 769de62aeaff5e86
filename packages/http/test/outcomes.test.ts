import { describe, expect, it } from "vitest";
import { BusError } from "@bus/core";
import { outcomeOfAnswer, outcomeOfError, parseRetryAfter, Secrets, type HttpAnswer } from "../src/index.ts";

const NOW = Date.UTC(2026, 5, 17, 12, 0, 0);
const DAY_MS = 24 * 60 * 60 * 1000;

function anAnswer(status: number, headers: Record<string, string> = {}, body = ""): HttpAnswer {
  return { status, headers, body: Buffer.from(body), isTruncated: false, latencyMs: 1 };
}

describe("outcomeOfAnswer", () => {
  it.each([
    [200, "delivered"],
    [201, "delivered"],
    [204, "delivered"],
    [299, "delivered"],
    [300, "retry"],
    [301, "retry"],
    [304, "retry"],
    [308, "retry"],
    [400, "rejected"],
    [401, "rejected"],
    [404, "rejected"],
    [408, "retry"],
    [410, "rejected"],
    [413, "rejected"],
    [422, "rejected"],
    [425, "retry"],
    [429, "retry"],
    [499, "rejected"],
    [500, "retry"],
    [501, "retry"],
    [503, "retry"],
    [599, "retry"],
    [0, "retry"],
    [100, "retry"],
    [101, "retry"],
    [600, "retry"],
    [999, "retry"],
    [Number.NaN, "retry"],
  ])("says of %d: %s", (status, kind) => {
    expect(outcomeOfAnswer(anAnswer(status), NOW).kind).toBe(kind);
  });

  it.each([429, 503])("passes on how long a %d asks to wait", (status) => {
    expect(outcomeOfAnswer(anAnswer(status, { "retry-after": "120" }), NOW)).toMatchObject({ afterMs: 120_000 });
  });

  it.each([
    ["https://user:secret@login.example/in?token=secret#secret", "https://login.example/in"],
    ["/login?next=secret", "/login"],
    ["//other.example/x?secret", "http://other.example/x"],
    ["http://[", "nowhere"],
  ])("names where a redirect to %s leads, and nothing secret of it", (location, shown) => {
    const outcome = outcomeOfAnswer(anAnswer(302, { location }), NOW);

    expect(outcome).toMatchObject({ kind: "retry", reason: expect.stringContaining(`a redirect to ${shown}:`) });
    expect(JSON.stringify(outcome)).not.toContain("secret");
  });

  it("keeps the status alone, as a target may show what it was sent", () => {
    expect(outcomeOfAnswer(anAnswer(500, {}, "Bearer k3y"), NOW).info).toEqual({ status: 500 });
  });

  it("keeps the beginning of the body where it knows the secrets, and strikes them out", () => {
    const secrets = new Secrets(["k3y"], { "x-tenant": "acme-corp", "x-form": "xml" });

    const outcome = outcomeOfAnswer(anAnswer(500, {}, "Bearer k3y of acme-corp: no xml"), NOW, secrets);

    expect(outcome.info).toEqual({ status: 500, detail: "Bearer *** of ***: no xml" });
  });

  it.each([
    ["without its scheme", "unknown token s3cr3t-t0ken", "unknown token ***"],
    ["as JSON has it", '{"got":"a \\"quoted\\" one"}', '{"got":"***"}'],
  ])("strikes a header's value out %s too", (_, body, detail) => {
    const secrets = new Secrets([], { authorization: "Bearer s3cr3t-t0ken", "x-own": 'a "quoted" one' });

    expect(outcomeOfAnswer(anAnswer(401, {}, body), NOW, secrets).info).toEqual({ status: 401, detail });
  });

  it("leaves no beginning of a secret where it cuts", () => {
    const secret = "s3cret".repeat(10);
    const body = "a".repeat(4090) + secret;

    const outcome = outcomeOfAnswer(anAnswer(500, {}, body), NOW, new Secrets([secret, "s3cret"]));

    expect(outcome.info?.detail).toBe(`${"a".repeat(4090)}***`);
  });

  it("keeps the first 4 KiB of the body, without half a character", () => {
    const outcome = outcomeOfAnswer(anAnswer(500, {}, `${"a".repeat(4095)}éééé`), NOW, new Secrets([]));

    expect(outcome.info).toEqual({ status: 500, detail: "a".repeat(4095) });
  });

  it("keeps no detail of an empty body", () => {
    expect(outcomeOfAnswer(anAnswer(204), NOW, new Secrets([])).info).toEqual({ status: 204 });
  });
});

describe("parseRetryAfter", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7_000],
    ["86400", DAY_MS],
    ["86401", DAY_MS],
    ["9".repeat(400), DAY_MS],
    ["Wed, 17 Jun 2026 12:01:00 GMT", 60_000],
    ["Wednesday, 17-Jun-26 12:01:00 GMT", 60_000],
    ["Wed Jun 17 12:01:00 2026", 60_000],
    ["Fri, 31 Dec 9999 23:59:59 GMT", DAY_MS],
    ["Wed, 17 Jun 2026 11:59:00 GMT", undefined],
    ["Thu, 01 Jan 1970 00:00:00 GMT", undefined],
    ["Wed, 99 Jun 2026 12:01:00 GMT", undefined],
    [undefined, undefined],
    ["", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    ["Infinity", undefined],
    ["NaN", undefined],
    ["soon", undefined],
    ["May", undefined],
    ["2026-06-17T12:01:00Z", undefined],
    ["120, 60", undefined],
    ["１２", undefined],
  ])("reads %j as %s ms", (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });
});

describe("outcomeOfError", () => {
  it("does not tell where a name of the host's network leads", () => {
    const outcome = outcomeOfError(new BusError("BUS_ADDRESS_REFUSED", ["db.internal", "10.3.4.5"]));

    expect(outcome).toMatchObject({ reason: "The target has no public address, and is not allowed." });
  });

  it.each([
    ["rejected", new BusError("BUS_ADDRESS_REFUSED", ["localhost", "127.0.0.1"])],
    ["rejected", new BusError("BUS_URL_INVALID", ["no"])],
    ["rejected", new BusError("BUS_HEADER_INVALID", ["host", "no"])],
    ["retry", new BusError("BUS_TIMEOUT", ["The request to https://a.example", 5])],
    ["retry", new BusError("BUS_HTTP_FAILED", ["https://a.example", "connect"])],
    ["retry", new BusError("BUS_NOT_RUNNING", ["An HTTP request", "stopped"])],
    ["retry", new Error("boom")],
    ["retry", "boom"],
    ["retry", undefined],
  ])("says %s of %s", (kind, error) => {
    expect(outcomeOfError(error).kind).toBe(kind);
  });

  it("does not repeat what an unknown error says", () => {
    const outcome = outcomeOfError(new TypeError("failed at https://a.example/?token=secret"));

    expect(outcome).toMatchObject({ kind: "retry", reason: "The request failed (TypeError)." });
  });
});
