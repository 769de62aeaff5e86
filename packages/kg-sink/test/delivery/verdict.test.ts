import type { Outcome } from "@bus/core";
import type { HttpAnswer } from "@bus/http";
import { describe, expect, it } from "vitest";
import { verdictOf } from "../../src/delivery/verdict.ts";

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isTruncated?: boolean;
}

const NOW = Date.UTC(2026, 0, 1);

function anAnswer({ status, body, headers = {}, isTruncated = false }: Answer): HttpAnswer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, body: new TextEncoder().encode(text), isTruncated, latencyMs: 1 };
}

function judged(answer: Answer, count = 1, hide = (words: string) => words) {
  return verdictOf(anAnswer(answer), { count, now: NOW, hide });
}

function outcomesOf(answer: Answer, count = 1): readonly Outcome[] {
  const verdict = judged(answer, count);
  if (!("outcomes" in verdict)) throw new Error("There are no outcomes.");
  return verdict.outcomes;
}

const kindsOf = (answer: Answer, count = 1) => outcomesOf(answer, count).map(({ kind }) => kind);

const HALVES = { split: "halves", isTooLarge: false };
const SMALLER = { split: "halves", isTooLarge: true };

const stored = { partition: 0, offset: 42, error_code: null, error: null };
const failed = (error_code: number, error = "words") => ({ partition: null, offset: null, error_code, error });
const ok = (...offsets: readonly unknown[]): Answer => ({ status: 200, body: { offsets } });

describe("an entry", () => {
  it.each<[string, object]>([
    ["of Confluent's", stored],
    ["of Karapace's", { offset: 42, partition: 0 }],
    ["of Strimzi's", { partition: 0, offset: 42 }],
    ["of Redpanda's", { partition: 0, offset: 42 }],
    ["whose code is 0", { partition: 0, offset: 42, error_code: 0 }],
  ])("%s without an error code is delivered, and says where to", (_, entry) => {
    expect(outcomesOf(ok(entry))).toEqual([
      { kind: "delivered", info: { status: 200, detail: "partition 0, offset 42" } },
    ]);
  });

  it("without a place is delivered", () => {
    expect(outcomesOf(ok({}))).toEqual([{ kind: "delivered", info: { status: 200 } }]);
  });

  it.each<[string, object, Outcome["kind"]]>([
    ["50003", failed(50_003), "retry"],
    ["2", failed(2), "retry"],
    ["50002", failed(50_002), "retry"],
    ["1", failed(1), "retry"],
    ["another code", failed(42), "retry"],
    ["Strimzi's 404", { error_code: 404, message: "Topic t not present in metadata after 60000 ms." }, "retry"],
    ["Redpanda's code alone", { partition: 0, error_code: 3, offset: -1 }, "retry"],
    ["40101", failed(40_101), "pause"],
    ["40301", failed(40_301), "pause"],
    [
      "50002 and Confluent's too large",
      failed(50_002, "The message is 1048677 bytes when serialized which is larger than 1048576"),
      "rejected",
    ],
    ["50002 and max.request.size", failed(50_002, "the value of the max.request.size configuration"), "rejected"],
    [
      "1 and Karapace's too large",
      { error_code: 1, error: "[Error 10] MessageSizeTooLargeError: Message size too large" },
      "rejected",
    ],
    [
      "500 and Strimzi's too large",
      { error_code: 500, message: "The request included a message larger than the max" },
      "rejected",
    ],
    ["10, Redpanda's too large", { error_code: 10 }, "rejected"],
    ["50003 and too large", failed(50_003, "the buffer is too large"), "retry"],
    ["2 and too large", failed(2, "too large"), "retry"],
  ])("with %s leads to what the contract says", (_, entry, kind) => {
    expect(kindsOf(ok(entry))).toEqual([kind]);
  });

  it.each<[string, object]>([
    ["of Confluent's", failed(50_003, "Broker: not available")],
    ["of Karapace's", { error_code: 50_003, error: "Broker: not available" }],
    ["of Strimzi's", { error_code: 50_003, message: "Broker: not available" }],
  ])("%s that failed keeps the proxy's words", (_, entry) => {
    expect(outcomesOf(ok(entry))).toEqual([
      {
        kind: "retry",
        reason: "The proxy did not store the record (50003): Broker: not available",
        isFree: false,
        info: { status: 200, detail: "Broker: not available" },
      },
    ]);
  });

  it("without words keeps its code", () => {
    expect(outcomesOf(ok({ partition: 0, error_code: 3, offset: -1 }))).toMatchObject([
      { reason: "The proxy did not store the record (3).", info: { status: 200 } },
    ]);
  });
});

describe("an answer with entries", () => {
  it.each([200, 401, 403, 404, 413, 422, 500])("is read by them, whatever its status: %i", (status) => {
    const body = { offsets: [stored, failed(50_003), stored], error_code: 42_201, message: "no" };

    expect(kindsOf({ status, body }, 3)).toEqual(["delivered", "retry", "delivered"]);
  });

  it("lets the others' outcomes stand where one may not write", () => {
    expect(kindsOf(ok(stored, failed(40_301), failed(1, "too large")), 3)).toEqual(["delivered", "pause", "rejected"]);
  });

  it("is fine with fewer of them than records, if none failed", () => {
    expect(kindsOf(ok({ partition: 0, offset: 7 }, { partition: 1, offset: 3 }), 5)).toEqual(
      Array.from({ length: 5 }, () => "delivered"),
    );
  });

  it("asks for one record a request when of fewer than records one failed", () => {
    expect(judged(ok({ partition: 0, offset: 7 }, { partition: 1, error_code: 2, offset: -1 }), 5)).toMatchObject({
      split: "each",
    });
  });

  it("asks for the same when they may be as many as records by chance, one for each partition", () => {
    const ofPartitions = ok({ partition: 0, error_code: 2, offset: -1 }, { partition: 1, offset: 7 });
    const ofRecords = ok({ partition: 0, error_code: 2, offset: -1 }, { partition: 0, offset: 7 });

    expect(judged(ofPartitions, 2)).toMatchObject({ split: "each" });
    expect(kindsOf(ofRecords, 2)).toEqual(["retry", "delivered"]);
    expect(kindsOf(ok({ partition: 0, error_code: 2, offset: -1 }), 1)).toEqual(["retry"]);
  });

  it.each<[string, readonly unknown[]]>([
    ["more than records", [stored, stored, stored]],
    ["null", [stored, null]],
    ["a number", [stored, 1]],
    ["a list", [[], stored]],
    ["a code that is no number", [stored, { error_code: "50003" }]],
  ])("is retried where there is %s of them", (_, offsets) => {
    for (const status of [200, 404, 422])
      expect(kindsOf({ status, body: { offsets, error_code: 42_201 } }, 2)).toEqual(["retry", "retry"]);
  });

  it("pauses, or asks for smaller requests, where it says so and they cannot be read", () => {
    const offsets = [stored, null];

    expect(kindsOf({ status: 200, body: { offsets, error_code: 40_101 } }, 2)).toEqual(["pause", "pause"]);
    expect(kindsOf({ status: 403, body: { offsets } }, 2)).toEqual(["pause", "pause"]);
    expect(judged({ status: 413, body: { offsets } }, 2)).toEqual(SMALLER);
  });
});

describe("an answer with an empty list of entries", () => {
  it("is judged as one without a list", () => {
    expect(kindsOf({ status: 401, body: { offsets: [] } }, 2)).toEqual(["pause", "pause"]);
    expect(kindsOf({ status: 200, body: { offsets: [], error_code: 40_301 } }, 2)).toEqual(["pause", "pause"]);
    expect(judged({ status: 413, body: { offsets: [] } }, 2)).toEqual(SMALLER);
    expect(kindsOf({ status: 200, body: { offsets: [] } }, 2)).toEqual(["retry", "retry"]);
  });
});

describe("an answer without entries", () => {
  it.each<[string, Answer, Outcome["kind"], unknown]>([
    ["Confluent's 404", { status: 404, body: { error_code: 40_401, message: "Topic not found." } }, "rejected", HALVES],
    ["Karapace's 404", { status: 404, body: { message: "Topic t not found", error_code: 40_401 } }, "rejected", HALVES],
    ["Strimzi's 404", { status: 404, body: { error_code: 404, message: "no" } }, "rejected", HALVES],
    [
      "Redpanda's 404",
      { status: 404, body: { error_code: 40_403, message: "unknown_topic_or_partition" } },
      "rejected",
      HALVES,
    ],
    ["Confluent's 422", { status: 422, body: { error_code: 42_201, message: "no" } }, "rejected", HALVES],
    ["Karapace's 422", { status: 422, body: { error_code: 42_205, message: "no" } }, "rejected", HALVES],
    ["Strimzi's 422", { status: 422, body: { error_code: 422, message: "no" } }, "rejected", HALVES],
    ["Redpanda's 422", { status: 422, body: { error_code: 422, message: "parse error" } }, "rejected", HALVES],
    ["Confluent's 400", { status: 400, body: { error_code: 400, message: "no" } }, "rejected", HALVES],
    ["Karapace's 400", { status: 400, body: "Invalid request JSON body" }, "rejected", HALVES],
    ["Strimzi's 400", { status: 400, body: { error_code: 400, message: "Validation error" } }, "rejected", HALVES],
    ["a 400 of nothing", { status: 400, body: "" }, "rejected", HALVES],
    ["Confluent's 413", { status: 413, body: { error_code: 413, message: "no" } }, "rejected", SMALLER],
    ["Karapace's 413", { status: 413, body: { error_code: 413, message: "no" } }, "rejected", SMALLER],
    ["Strimzi's 413", { status: 413, body: "Request Entity Too Large" }, "rejected", SMALLER],
    ["Redpanda's 413", { status: 413, body: "" }, "rejected", SMALLER],
    ["a code of 404 under 500", { status: 500, body: { error_code: 40_401, message: "no" } }, "rejected", HALVES],
    ["a code of 413 under 200", { status: 200, body: { error_code: 41_301, message: "no" } }, "rejected", SMALLER],
  ])("is final for one record, and splits several: %s", (_, answer, kind, verdict) => {
    expect(kindsOf(answer, 1)).toEqual([kind]);
    expect(judged(answer, 2)).toEqual(verdict);
  });

  it.each<[string, Answer]>([
    ["Confluent's 401", { status: 401, body: { error_code: 401, message: "Unauthorized" } }],
    ["Karapace's 401", { status: 401, body: '{"message": "Unauthorized"}' }],
    ["Redpanda's 401", { status: 401, body: { error_code: 40_101, message: "Unauthorized" } }],
    ["403", { status: 403, body: "<html>" }],
    ["a code of 403 under 500", { status: 500, body: { error_code: 40_301 } }],
  ])("pauses the lane without attempts used: %s", (_, answer) => {
    expect(outcomesOf(answer, 3)).toMatchObject(
      Array.from({ length: 3 }, () => ({ kind: "pause", isFree: true, probeAfterMs: 60_000 })),
    );
  });

  it.each<[string, Answer]>([
    ["408", { status: 408, body: "" }],
    ["429", { status: 429, body: { error_code: 42_901, message: "slow" } }],
    ["500", { status: 500, body: { error_code: 50_002, message: "Kafka error" } }],
    ["500, too large", { status: 500, body: { error_code: 50_002, message: "too large" } }],
    ["502 of a gateway", { status: 502, body: "<html>Bad gateway</html>" }],
    ["503", { status: 503, body: "" }],
    ["504", { status: 504, body: "" }],
    ["200 of nothing", { status: 200, body: "" }],
    ["200 of a page", { status: 200, body: "<html>Sign in</html>" }],
    ["200 of null", { status: 200, body: "null" }],
    ["200 of a list", { status: 200, body: [stored] }],
    ["200 of no list", { status: 200, body: { offsets: { 0: stored } } }],
    ["200 with half of its entries", { status: 200, body: '{"offsets":[{"partition":0,"off' }],
    ["200 of an error", { status: 200, body: { error_code: 50_003, message: "no" } }],
    ["204", { status: 204, body: "" }],
    ["302", { status: 302, body: "" }],
    ["405", { status: 405, body: { error_code: 405, message: "no" } }],
    ["415", { status: 415, body: { error_code: 415, message: "HTTP 415 Unsupported Media Type" } }],
    ["a code of 503 under 404", { status: 404, body: { error_code: 50_302, message: "no" } }],
  ])("is retried: %s", (_, answer) => {
    expect(outcomesOf(answer, 2)).toMatchObject(Array.from({ length: 2 }, () => ({ kind: "retry", isFree: false })));
  });

  it("goes by its status where the code stands for none", () => {
    expect(judged({ status: 422, body: { error_code: 7 } }, 2)).toEqual(HALVES);
    expect(kindsOf({ status: 503, body: { error_code: "40401" } }, 2)).toEqual(["retry", "retry"]);
  });

  it.each([400, 404, 422])("is retried if it is cut off: of a %i the entries may be what is lost", (status) => {
    const body = '{"offsets":[{"partition":0,"off';

    expect(kindsOf({ status, body, isTruncated: true }, 2)).toEqual(["retry", "retry"]);
    expect(kindsOf({ status, body, isTruncated: true })).toEqual(["retry"]);
  });

  it("is retried if it is a page that says 404: that is not the proxy's word on a record", () => {
    expect(kindsOf({ status: 404, body: "<html>not here" }, 2)).toEqual(["retry", "retry"]);
    expect(kindsOf({ status: 404, body: "<html>not here" })).toEqual(["retry"]);
  });

  it("asks for smaller requests by a 413 that is cut off", () => {
    expect(judged({ status: 413, body: "<html>", isTruncated: true }, 2)).toEqual(SMALLER);
  });

  it.each<[Answer, string, string | undefined]>([
    [
      { status: 422, body: { error_code: 42_201, message: "Unrecognized field: a" } },
      "The proxy answered 422 (42201): Unrecognized field: a",
      "Unrecognized field: a",
    ],
    [{ status: 503, body: "" }, "The proxy answered 503.", undefined],
    [{ status: 502, body: "<html>Bad gateway" }, "The proxy answered 502.", "<html>Bad gateway"],
    [{ status: 200, body: "{}" }, "The proxy answered 200 without an entry for each record.", undefined],
  ])("keeps the proxy's words: %j", (answer, reason, detail) => {
    expect(outcomesOf(answer)).toMatchObject([{ reason, info: { status: answer.status, ...(detail && { detail }) } }]);
  });
});

describe("the proxy's words", () => {
  it("are kept without what is to be hidden", () => {
    const hide = (words: string) => words.replaceAll("s3cret", "***");
    const answers = [
      { status: 500, body: "you sent s3cret" },
      { status: 401, body: { message: "not s3cret" } },
      ok(failed(50_003, "s3cret")),
    ];

    const verdicts = answers.map((answer) => judged(answer, 1, hide));

    expect(JSON.stringify(verdicts)).not.toContain("s3cret");
    expect(JSON.stringify(verdicts).match(/\*\*\*/g)).toHaveLength(5);
  });
});

describe("Retry-After", () => {
  it.each<[string, number | undefined]>([
    ["120", 120_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ["soon", undefined],
  ])("of %s is the least wait of all that is retried", (value, afterMs) => {
    const headers = { "retry-after": value };

    const [ofAll] = outcomesOf({ status: 503, body: "", headers });
    const [ofOne] = outcomesOf({ ...ok(failed(50_003)), headers });

    expect([ofAll, ofOne].map((outcome) => outcome?.kind === "retry" && outcome.afterMs)).toEqual([afterMs, afterMs]);
  });
});
