import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { KafkaRestDialect, KafkaRestStubOptions } from "../../src/index.ts";
import { aStub, DIALECTS, get, JSON_RECORDS, produce, records, type Produced } from "./a-stub.ts";

interface Case {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly options?: KafkaRestStubOptions;
}

/** What each dialect answers, in the order of `DIALECTS`: a status, or a status and part of its JSON. */
type Answers = readonly [confluent: Expected, karapace: Expected, strimzi: Expected, redpanda: Expected];
type Expected = readonly [status: number, json?: unknown];

const schemaError = { error_code: 400, message: "Validation error on: Schema validation error" };
const parseError = { error_code: 422, message: expect.stringMatching(/^parse error at offset \d+$/) as unknown };

const cases: readonly (readonly [name: string, Case, Answers])[] = [
  [
    "application/json as its type",
    { headers: { "content-type": "application/json" } },
    [
      [415, { error_code: 415, message: "HTTP 415 Unsupported Media Type" }],
      [422, { error_code: 42_205, message: "Request includes data improperly formatted given the format binary" }],
      [400, { error_code: 400, message: "Validation error on: The format of the request body is not supported" }],
      [415, { error_code: 415, message: "unsupported_media_type" }],
    ],
  ],
  [
    "text as its type",
    { headers: { "content-type": "text/plain" } },
    [[415], [415, { error_code: 415, message: "HTTP 415 Unsupported Media Type" }], [400], [415]],
  ],
  [
    "a parameter to its type",
    { headers: { "content-type": `${JSON_RECORDS}; charset=utf-8` } },
    [[200], [200], [400, { message: "Validation error on: The format of the request body is not supported" }], [200]],
  ],
  [
    "an Accept for something else",
    { headers: { accept: "text/html" } },
    [[406, { error_code: 406 }], [406, { error_code: 406 }], [200], [406, { error_code: 406 }]],
  ],
  ["an Accept for anything", { headers: { accept: "text/html, */*;q=0.8" } }, [[200], [200], [200], [200]]],
  [
    "broken JSON",
    { body: '{"records":[{"value":1}' },
    [[400, { error_code: 400 }], [400], [400, { error_code: 400 }], [422, parseError]],
  ],
  ["no body", { body: "" }, [[422, { error_code: 422 }], [400], [400, { error_code: 400 }], [422, parseError]]],
  ["a list", { body: "[]" }, [[400], [400, { message: "Malformed request" }], [400, schemaError], [422, parseError]]],
  [
    "an object without records",
    { body: "{}" },
    [
      [422, { error_code: 422, message: "records must not be empty" }],
      [422, { error_code: 422, message: "Invalid request format" }],
      [422, { error_code: 422 }],
      [200, { offsets: [] }],
    ],
  ],
  [
    "records that are not a list",
    { body: '{"records":{"value":1}}' },
    [[400], [400, { message: "'records' must be an array" }], [400, schemaError], [422, parseError]],
  ],
  [
    "an empty list of records",
    { body: '{"records":[]}' },
    [[422], [422], [200, { offsets: [] }], [200, { offsets: [] }]],
  ],
  [
    "a record that is no object",
    { body: '{"records":[{"value":1},7]}' },
    [[400], [400, { message: "Produce record must be an object" }], [400, schemaError], [422, parseError]],
  ],
  [
    "an unknown key beside the records",
    { body: '{"records":[{"value":1}],"topic":"x"}' },
    [[422, { message: "Unrecognized field: topic" }], [422], [400, schemaError], [422, parseError]],
  ],
  [
    "an unknown key in a record",
    { body: '{"records":[{"value":1,"val":2}]}' },
    [[422, { message: "Unrecognized field: val" }], [422], [400, schemaError], [422, parseError]],
  ],
  ["a record without a value", { body: '{"records":[{"key":"k"}]}' }, [[200], [200], [400, schemaError], [200]]],
  [
    "a topic that does not exist",
    { body: records("a", "b"), options: { topics: ["other"] } },
    [
      [404, { error_code: 40_401, message: "Topic not found." }],
      [404, { error_code: 40_401, message: "Topic twake not found" }],
      [
        200,
        {
          offsets: [
            { error_code: 404, message: "Topic twake not present in metadata after 60000 ms." },
            { error_code: 404, message: "Topic twake not present in metadata after 60000 ms." },
          ],
        },
      ],
      [200, { offsets: [{ partition: 0, error_code: 3, offset: -1 }] }],
    ],
  ],
  [
    "no credentials",
    { options: { authorization: "Basic YTpi" } },
    [
      [401, { error_code: 401, message: "Unauthorized" }],
      [401, { message: "Unauthorized" }],
      [401, { error_code: 401, message: "Unauthorized" }],
      [401, { error_code: 40_101, message: "Unauthorized" }],
    ],
  ],
  [
    "other credentials",
    { headers: { authorization: "Basic YTpj" }, options: { authorization: "Basic YTpi" } },
    [[401], [401], [401], [401]],
  ],
  [
    "the right credentials",
    { headers: { authorization: "Basic YTpi" }, options: { authorization: "Basic YTpi" } },
    [[200], [200], [200], [200]],
  ],
  [
    "a body over the limit",
    { options: { maxRequestBytes: 10 } },
    [
      [413, { error_code: 413, message: "HTTP 413 Payload Too Large" }],
      [413, { error_code: 413, message: "HTTP Request Entity Too Large" }],
      [413],
      [413],
    ],
  ],
  [
    "a body of just the limit",
    { body: records("a"), options: { maxRequestBytes: records("a").length } },
    [[200], [200], [200], [200]],
  ],
];

describe.each(DIALECTS.map((dialect, index) => [dialect, index] as const))("%s, given", (dialect, index) => {
  it.each(cases)("%s", async (_, { body = records("a"), headers = {}, options = {} }, answers) => {
    const stub = await aStub({ ...options, dialect });
    const [status, json] = answers[index]!;

    const answer = await produce(stub, body, { headers });

    expect(answer.status).toBe(status);
    expect({ json: answer.json }).toMatchObject(json === undefined ? {} : { json });
    // Where a 200 is spelt out above it says that nothing was stored.
    expect(stub.stored).toHaveLength(status === 200 && json === undefined ? 1 : 0);
    expect(stub.requests).toMatchObject([{ status }]);
  });
});

it("says in plain text that Karapace got broken JSON, and nothing at all that Redpanda got too much", async () => {
  const karapace = await produce(await aStub({ dialect: "karapace" }), "{");
  const redpanda = await produce(await aStub({ dialect: "redpanda", maxRequestBytes: 1 }), records("a"));

  expect(karapace).toMatchObject({ text: "Invalid request JSON body", contentType: "text/plain; charset=utf-8" });
  expect(redpanda).toMatchObject({ text: "" });
});

describe("topics", () => {
  it.each(DIALECTS)("are listed by %s: those it was given", async (dialect) => {
    const stub = await aStub({ dialect, topics: ["twake", "other"] });

    expect(await get(stub, "/topics")).toMatchObject({ status: 200, json: ["twake", "other"] });
  });

  it("are those written to, if none was given", async () => {
    const stub = await aStub();
    await produce(stub, records("a"));

    expect((await get(stub, "/topics/")).json).toEqual(["twake"]);
  });

  const described = { name: "twake", configs: {}, partitions: [{ partition: 0 }, { partition: 1 }] };
  it.each<[KafkaRestDialect, Partial<Produced>]>([
    ["confluent", { status: 200, json: described }],
    ["karapace", { status: 200, json: described }],
    ["strimzi", { status: 200, json: described }],
    ["redpanda", { status: 404, json: { error_code: 404, message: "Not found" } }],
  ])("are described by %s, if it can", async (dialect, answer) => {
    const stub = await aStub({ dialect, topics: ["twake"], partitions: 2 });

    expect(await get(stub, "/topics/twake")).toMatchObject(answer);
  });

  it.each<[KafkaRestDialect, number]>([
    ["confluent", 40_401],
    ["karapace", 40_403],
    ["strimzi", 404],
    ["redpanda", 404],
  ])("that do not exist are a 404 of %s with code %i", async (dialect, error_code) => {
    const stub = await aStub({ dialect, topics: [] });

    expect(await get(stub, "/topics/twake")).toMatchObject({ status: 404, json: { error_code } });
  });

  it("are shown to those who may ask only", async () => {
    const stub = await aStub({ authorization: "Bearer t" });

    expect((await get(stub, "/topics")).status).toBe(401);
    expect((await get(stub, "/topics", { authorization: "Bearer t" })).status).toBe(200);
  });
});

it.each([
  ["GET", "/", 404],
  ["POST", "/topics/twake/partitions/0", 404],
  ["POST", "/topics", 405],
  ["DELETE", "/topics/twake", 405],
])("answers %s %s with %i", async (method, path, status) => {
  const stub = await aStub();

  const answered = await new Promise((resolve, reject) => {
    request(`${stub.url}${path}`, { method, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

  expect(answered).toBe(status);
});
