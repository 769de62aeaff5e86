import { describe, expect, it } from "vitest";
import type { Reply } from "../../src/calls/reply.ts";
import { isPoisoned, verdictOfOne, verdictsOfBulk, type Verdict } from "../../src/calls/verdict.ts";

function anAnswer(status: number, overrides: Partial<Extract<Reply, { kind: "answer" }>> = {}): Reply {
  return { kind: "answer", status, body: undefined, words: "", afterMs: undefined, ...overrides };
}

const ok = (data: unknown): Reply => anAnswer(201, { body: { data } });
const result = (status: string, ...error: readonly string[]) => ({ acknowledged: true, status, error });
const PROCESSED = { acknowledged: true, status: "processed", transactionId: "tf_1" };

/** Of one trigger, whatever way it went. */
const RESULTS: readonly [string, unknown, Partial<Verdict>][] = [
  ["processed", PROCESSED, { kind: "processed", status: 201 }],
  [
    "a workflow that is off",
    result("trigger_not_active"),
    { kind: "inactive", reason: "Teleflow answered trigger_not_active." },
  ],
  ["a workflow without steps", result("no_workflow_steps_defined"), { kind: "inactive" }],
  ["a workflow without steps that are on", result("no_workflow_active_steps_defined"), { kind: "inactive" }],
  [
    "an unknown tenant",
    result("no_tenant_found"),
    { kind: "refused", status: 201, reason: "Teleflow answered no_tenant_found." },
  ],
  ["bad recipients", result("invalid_recipients"), { kind: "refused" }],
  ["no subscriber", result("subscriber_id_missing"), { kind: "refused" }],
  [
    "an unknown workflow",
    result("error", "workflow_not_found"),
    { kind: "refused", reason: "Teleflow answered error: workflow_not_found" },
  ],
  ["an empty field", result("error", "to should not be empty"), { kind: "refused" }],
  ["a field of another type", result("error", "payload must be an object"), { kind: "refused" }],
  [
    "a field of several that is at fault",
    result("error", "something", "name must be a string"),
    { kind: "refused", reason: "Teleflow answered error: something; name must be a string" },
  ],
  [
    "a payload without a key",
    result("error", "payload is missing required key(s) and type(s): a"),
    { kind: "refused" },
  ],
  ["a trigger without a variable", result("error", "Trigger is missing: actor"), { kind: "refused" }],
  ["a payload against its schema", result("error", "Payload validation failed: a"), { kind: "refused" }],
  ["an error as one text", { status: "error", error: "workflow_not_found" }, { kind: "refused" }],
  ["a fault of its own", result("error", "connect ECONNREFUSED 10.0.0.1:6379"), { kind: "failed", status: 201 }],
  [
    "a database that is away",
    result("error", "Client must be connected before running operations"),
    { kind: "failed" },
  ],
  ["an error without words", { status: "error" }, { kind: "failed", reason: "Teleflow answered error." }],
  ["an unknown status", result("postponed"), { kind: "failed", reason: "Teleflow answered postponed." }],
  ["a result without a status", { acknowledged: true }, { kind: "failed" }],
  ["no object", "processed", { kind: "failed" }],
  ["null", null, { kind: "failed" }],
];

/** Without results, of all that the request bore. */
const REPLIES: readonly [string, Reply, Partial<Verdict>][] = [
  ["no answer", { kind: "none", reason: "It hung." }, { kind: "unknown", reason: "It hung." }],
  ["nothing sent", { kind: "unsent", reason: "No.", isFree: false }, { kind: "unsent", reason: "No." }],
  ["401", anAnswer(401, { words: "no" }), { kind: "closed", status: 401, reason: "Teleflow answered 401: no" }],
  ["402", anAnswer(402), { kind: "closed", status: 402, reason: "Teleflow answered 402." }],
  ["403", anAnswer(403), { kind: "closed", status: 403 }],
  ["404", anAnswer(404), { kind: "closed", status: 404 }],
  ["408", anAnswer(408), { kind: "busy", status: 408 }],
  ["409", anAnswer(409, { afterMs: 1_000 }), { kind: "busy", status: 409, afterMs: 1_000 }],
  ["429", anAnswer(429, { afterMs: 7_000 }), { kind: "limited", afterMs: 7_000 }],
  ["500", anAnswer(500, { words: "oh" }), { kind: "failed", status: 500, reason: "Teleflow answered 500: oh" }],
  ["503", anAnswer(503, { afterMs: 2_000 }), { kind: "failed", status: 503, afterMs: 2_000 }],
  ["301", anAnswer(301), { kind: "closed", status: 301 }],
  ["405", anAnswer(405), { kind: "failed", status: 405 }],
  ["415", anAnswer(415), { kind: "failed", status: 415 }],
  [
    "a 2xx that is no JSON",
    anAnswer(200),
    { kind: "failed", status: 200, reason: "Teleflow answered 200 without a result for each trigger." },
  ],
  ["a 2xx that is not wrapped", anAnswer(201, { body: [PROCESSED] }), { kind: "failed", status: 201 }],
  [
    "a 422 for the key",
    anAnswer(422, { words: 'Request with key "k" is being reused for a different body' }),
    { kind: "reused" },
  ],
];

/** Of one trigger, these refuse it; of a bulk, some trigger in it. */
const REFUSALS: readonly [string, Reply][] = [
  ["400", anAnswer(400, { words: "to should not be empty" })],
  ["413", anAnswer(413)],
  ["422", anAnswer(422, { words: "workflow_not_found" })],
];

describe("a trigger or a broadcast", () => {
  it.each(RESULTS)("with the result %s", (_, data, verdict) => {
    expect(verdictOfOne(ok(data))).toMatchObject(verdict);
  });

  it.each(REPLIES)("after %s", (_, reply, verdict) => {
    expect(verdictOfOne(reply)).toMatchObject(verdict);
  });

  it.each(REFUSALS)("is refused by %s", (_, reply) => {
    expect(verdictOfOne(reply)).toMatchObject({ kind: "refused" });
  });

  it("is refused with the service's words, and no more of them than can be kept", () => {
    const words = "x".repeat(5_000);

    expect(verdictOfOne(REFUSALS[0]![1])).toEqual({
      kind: "refused",
      words: "to should not be empty",
      status: 400,
      reason: "Teleflow answered 400: to should not be empty",
    });
    expect(JSON.stringify(verdictOfOne(ok(result("error", words)))).length).toBeLessThan(2_200);
  });

  it("with a list for its result has failed", () => {
    expect(verdictOfOne(ok([PROCESSED]))).toMatchObject({ kind: "failed" });
  });
});

it("says nothing of the id that the service gives: it may be anything", () => {
  expect(JSON.stringify(verdictOfOne(ok({ ...PROCESSED, transactionId: "s3cret-api-key" })))).not.toContain("s3cret");
});

describe("a bulk", () => {
  it.each(RESULTS)("with the result %s says so of that trigger alone", (_, data, verdict) => {
    const verdicts = verdictsOfBulk(ok([PROCESSED, data, PROCESSED]), 3);

    expect(verdicts).toMatchObject([{ kind: "processed" }, verdict, { kind: "processed" }]);
  });

  it.each(REPLIES)("after %s says it of each", (_, reply, verdict) => {
    expect(verdictsOfBulk(reply, 2)).toMatchObject([verdict, verdict]);
  });

  it.each([
    ["shorter", [PROCESSED]],
    ["longer", [PROCESSED, PROCESSED, PROCESSED]],
    ["empty", []],
  ])("whose list of results is %s has failed", (_, data) => {
    expect(verdictsOfBulk(ok(data), 2)).toMatchObject([{ kind: "failed" }, { kind: "failed" }]);
  });

  it("with one result for all has failed", () => {
    expect(verdictsOfBulk(ok(PROCESSED), 1)).toMatchObject([{ kind: "failed" }]);
  });

  it.each(REFUSALS)("is poisoned after %s", (_, reply) => {
    expect(isPoisoned(reply)).toBe(true);
  });

  it.each([
    ...REPLIES.map(([name, reply]) => [name, reply] as const),
    ["results", ok([result("error", "a")])] as const,
  ])("is not poisoned after %s", (_, reply) => {
    expect(isPoisoned(reply)).toBe(false);
  });
});
