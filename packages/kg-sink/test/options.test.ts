import { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";
import { kgEvents, kgSink, type KgSinkOptions } from "../src/index.ts";

const url = "https://proxy.test";

function refusalOf(options: unknown, policy?: object): string {
  try {
    kgSink(options as KgSinkOptions, policy);
  } catch (error) {
    if (BusError.is(error, "BUS_OPTION_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the options", () => {
  it.each<[string, unknown, string]>([
    ["nothing", undefined, "The options of sink"],
    ["no URL", {}, "url: "],
    ["an unknown option", { url, topics: "x" }, 'Unrecognized key: "topics"'],
    ["a topic of a slash", { url, topic: "a/b" }, "topic: expected a name that Kafka allows"],
    ["a topic of a blank", { url, topic: "a b" }, "topic: "],
    ["an empty topic", { url, topic: "" }, "topic: "],
    ["the topic .", { url, topic: "." }, "topic: "],
    ["the topic ..", { url, topic: ".." }, "topic: "],
    ["a topic of 250 letters", { url, topic: "a".repeat(250) }, "topic: "],
    ["a topic of two lines", { url, topic: "a\n" }, "topic: "],
    ["a key that is no text", { url, key: null }, "key: expected a text, or a function that gives one"],
    ["auth of no type", { url, auth: { username: "a", password: "b" } }, "auth.type: "],
    ["auth of another type", { url, auth: { type: "digest" } }, "auth.type: "],
    ["auth of both types", { url, auth: { type: "bearer", token: "a", username: "b" } }, "auth: Unrecognized key"],
    ["an empty token", { url, auth: { type: "bearer", token: "" } }, "auth.token: write a token"],
    ["a token with a blank", { url, auth: { type: "bearer", token: "a b" } }, "auth.token: it has blanks"],
    ["a token of two lines", { url, auth: { type: "bearer", token: "a\r\nX-B: 1" } }, "auth.token: "],
    ["a token beyond Latin-1", { url, auth: { type: "bearer", token: "a\u2713" } }, "auth.token: "],
    ["an empty name", { url, auth: { type: "basic", username: "", password: "x" } }, "auth.username: write a name"],
    [
      "a name with a colon",
      { url, auth: { type: "basic", username: "a:b", password: "x" } },
      'auth.username: it has a ":"',
    ],
    ["no password", { url, auth: { type: "basic", username: "a" } }, "auth.password: "],
    [
      "a password of two lines",
      { url, auth: { type: "basic", username: "a", password: "x\n" } },
      "auth.password: it has control characters",
    ],
    ["headers that are none", { url, headers: { "X A": "1" } }, "headers: "],
    ["a header of two lines", { url, headers: { "X-A": "1\r\nX-B: 2" } }, "headers: "],
    ["a header of the transport", { url, headers: { "Content-Length": "1" } }, "headers: "],
    [
      "a content type",
      { url, headers: { "content-Type": "application/json" } },
      'headers: "content-Type" is written by the sink',
    ],
    ["an Accept", { url, headers: { Accept: "*/*" } }, 'headers: "Accept" is written by the sink'],
    [
      "an encoding",
      { url, headers: { "Accept-Encoding": "gzip" } },
      'headers: "Accept-Encoding" is written by the sink',
    ],
    [
      "two Authorizations",
      { url, auth: { type: "bearer", token: "a" }, headers: { Authorization: "Bearer b" } },
      'headers: "Authorization" is written by the sink',
    ],
    ["an order there is not", { url, ordering: "lane" }, "ordering: "],
    ["an unknown bound", { url, batch: { maxItems: 5 } }, 'batch: Unrecognized key: "maxItems"'],
    ["no record a request", { url, batch: { maxRecords: 0 } }, "batch.maxRecords: "],
    ["half a record a request", { url, batch: { maxRecords: 0.5 } }, "batch.maxRecords: "],
    ["too many records a request", { url, batch: { maxRecords: 10_001 } }, "batch.maxRecords: "],
    ["no byte a request", { url, batch: { maxBytes: 0 } }, "batch.maxBytes: "],
    ["too many bytes a request", { url, batch: { maxBytes: 1e9 } }, "batch.maxBytes: "],
    ["a linger of less than nothing", { url, batch: { lingerMs: -1 } }, "batch.lingerMs: "],
    ["no time", { url, deadlineMs: 0 }, "deadlineMs: "],
    ["time without end", { url, deadlineMs: Infinity }, "deadlineMs: "],
    ["companies that are no list", { url, forwardedCompanies: "c1" }, "forwardedCompanies: "],
    ["an empty company", { url, forwardedCompanies: [""] }, "forwardedCompanies[0]: write an id"],
    ["a text for a choice", { url, strictPrivacy: "yes" }, "strictPrivacy: "],
    ["an unknown extension", { url, extensions: { id: true } }, 'extensions: Unrecognized key: "id"'],
    ["a mapper of no kind", { url, records: { Person: () => undefined } }, 'records: Unrecognized key: "Person"'],
    ["a mapper that is none", { url, records: { User: {} } }, "records.User: expected a function"],
    ["mappers that are none", { url, records: 7 }, "records: "],
  ])("are refused with %s", (_, options, message) => {
    expect(refusalOf(options)).toContain(message);
  });

  it.each([
    "",
    "proxy.test",
    "/topics",
    "ftp://proxy.test",
    "http://",
    "https://a b/",
    "https://user:pass@proxy.test",
    "https://proxy.test?key=1",
    "https://proxy.test/#top",
    "https://proxy.test/?",
    7,
    null,
  ])("are refused with the URL %j", (wrong) => {
    expect(refusalOf({ url: wrong })).toContain("url: ");
  });

  it("never show a secret", () => {
    const wrong = [
      { url: "https://jane:s3cret@proxy.test" },
      { url: "https://proxy.test?s3cret" },
      { url, auth: { type: "bearer", token: "s3cret\n" } },
      { url, auth: { type: "basic", username: "s3cret:", password: "s3cret\n" } },
      { url, auth: { type: "s3cret" } },
      { url, headers: { "X-A": "s3cret\n" } },
    ];

    for (const options of wrong) expect(refusalOf(options)).toMatch(/^(?!.*s3cret).*: /);
    expect(JSON.stringify(kgSink({ url, auth: { type: "bearer", token: "s3cret" } }))).not.toContain("s3cret");
  });

  it("may all be left out but the URL", () => {
    expect(kgSink({ url }).options).toEqual({
      url,
      topic: "twake",
      key: "null",
      headers: {},
      ordering: "strict",
      batch: { maxRecords: 500, maxBytes: 921_600, lingerMs: 50 },
      deadlineMs: 130_000,
      forwardedCompanies: [],
      includePrivateChannels: true,
      includeDirectChannels: true,
      strictPrivacy: false,
      extensions: { event_id: false, message_id: false, deleted: false },
      records: {},
    });
  });

  it("may be left undefined", () => {
    const undefinedOptions = { topic: undefined, auth: undefined, batch: undefined, records: undefined };

    expect(kgSink({ url, ...undefinedOptions }).options).toMatchObject({ topic: "twake", records: {} });
  });

  it.each(["http://[::1]:8082/", "http://10.0.0.7:8082", "http://kafka_rest:8082/a/b", "https://KAFKA.internal./"])(
    "take the URL %s",
    (good) => {
      expect(refusalOf({ url: good })).toBe("none");
    },
  );
});

describe("the policy", () => {
  it("is in order, with one call at a time and ever so many tries", () => {
    expect(kgSink({ url }).policy).toEqual({
      ordering: "lane",
      concurrency: 1,
      timeoutMs: 160_000,
      retry: { baseMs: 1_000, factor: 2, maxMs: 300_000, attempts: 100 },
    });
  });

  it("follows the options", () => {
    expect(kgSink({ url, ordering: "relaxed", deadlineMs: 5_000 }).policy).toMatchObject({
      ordering: "none",
      timeoutMs: 35_000,
    });
  });

  it("may be the host's", () => {
    const policy = { timeoutMs: 200_000, retry: [1], concurrency: 2 };

    expect(kgSink({ url, ordering: "relaxed" }, policy).policy).toEqual({ ordering: "none", ...policy });
  });

  it("is refused when the engine would cut attempts short", () => {
    expect(refusalOf({ url }, { timeoutMs: 159_999 })).toContain("timeoutMs, 159999, must be at least 160000");
    expect(refusalOf({ url }, { timeoutMs: 160_000 })).toBe("none");
  });

  it("is refused with an order of its own", () => {
    expect(refusalOf({ url }, { ordering: "none" })).toContain("ordering is an option of the sink");
  });
});

describe("what the sink accepts", () => {
  it("is the events of the graph, and of a kind with a mapper whatever this takes", () => {
    const { accepts } = kgSink({ url, records: { User: () => undefined } });

    expect(Object.keys(accepts)).toEqual(Object.keys(kgEvents));
    expect(accepts["user.created"].safeParse({ any: "thing" })).toEqual({ success: true, data: { any: "thing" } });
    expect(accepts["user.updated"].safeParse(7).success).toBe(true);
    expect(accepts["company.created"]).toBe(kgEvents["company.created"]);
  });
});
