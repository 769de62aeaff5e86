import { describe, expect, it } from "vitest";
import type { KafkaRestDialect } from "../../src/index.ts";
import { aStub, DIALECTS, produce, records } from "./a-stub.ts";

const V2 = "application/vnd.kafka.v2+json";

describe("what each proxy answers when all is stored", () => {
  it.each<[KafkaRestDialect, string, unknown]>([
    [
      "confluent",
      V2,
      {
        offsets: [
          { partition: 0, offset: 0, error_code: null, error: null },
          { partition: 0, offset: 1, error_code: null, error: null },
        ],
        key_schema_id: null,
        value_schema_id: null,
      },
    ],
    [
      "karapace",
      "application/vnd.kafka.json.v2+json",
      {
        key_schema_id: null,
        offsets: [
          { offset: 0, partition: 0 },
          { offset: 1, partition: 0 },
        ],
        value_schema_id: null,
      },
    ],
    [
      "strimzi",
      V2,
      {
        offsets: [
          { partition: 0, offset: 0 },
          { partition: 0, offset: 1 },
        ],
      },
    ],
    ["redpanda", V2, { offsets: [{ partition: 0, offset: 0 }] }],
  ])("%s", async (dialect, contentType, body) => {
    const stub = await aStub({ dialect });

    const answer = await produce(stub, records("a", "b"));

    expect(answer).toMatchObject({ status: 200, contentType, json: body });
    expect(stub.stored).toEqual([
      { topic: "twake", partition: 0, offset: 0, key: "null", value: "a", request: 0 },
      { topic: "twake", partition: 0, offset: 1, key: "null", value: "b", request: 0 },
    ]);
  });
});

describe("what each proxy answers when one record of three fails", () => {
  const fault = { error_code: 50_002, error: "The message is too large" };

  it.each<[KafkaRestDialect, number, readonly unknown[], readonly string[]]>([
    [
      "confluent",
      200,
      [
        { partition: 0, offset: 0, error_code: null, error: null },
        { partition: null, offset: null, error_code: 50_002, error: "The message is too large" },
        { partition: 0, offset: 1, error_code: null, error: null },
      ],
      ["a", "c"],
    ],
    [
      "karapace",
      422,
      [
        { offset: 0, partition: 0 },
        { error: "The message is too large", error_code: 50_002 },
        { offset: 1, partition: 0 },
      ],
      ["a", "c"],
    ],
    [
      "strimzi",
      200,
      [
        { partition: 0, offset: 0 },
        { error_code: 50_002, message: "The message is too large" },
        { partition: 0, offset: 1 },
      ],
      ["a", "c"],
    ],
    ["redpanda", 200, [{ partition: 0, error_code: 50_002, offset: -1 }], []],
  ])("%s", async (dialect, status, offsets, stored) => {
    const stub = await aStub({ dialect });
    stub.faults = { record: ({ value }) => (value === "b" ? fault : undefined) };

    const answer = await produce(stub, records("a", "b", "c"));

    expect(answer).toMatchObject({ status, json: { offsets } });
    expect(stub.stored.map(({ value }) => value)).toEqual(stored);
  });
});

it.each([
  [40_101, 401],
  [40_301, 403],
  [50_003, 200],
])("answers an entry %i of Confluent with status %i, and stores the others", async (error_code, status) => {
  const stub = await aStub();
  stub.faults = { record: ({ value }) => (value === "b" ? { error_code, error: "no" } : undefined) };

  const answer = await produce(stub, records("a", "b"));

  expect(answer).toMatchObject({ status, json: { offsets: [{ offset: 0 }, { error_code, error: "no" }] } });
  expect(stub.stored).toHaveLength(1);
});

it("fails only the partition of the failed record in Redpanda, which answers an entry for each", async () => {
  const stub = await aStub({ dialect: "redpanda", partitions: 2 });
  stub.faults = { record: ({ value }) => (value === "b" ? { error_code: 10, error: "" } : undefined) };
  const body = { records: ["a", "b", "c", "d"].map((value, index) => ({ value, partition: index % 2 })) };

  const answer = await produce(stub, JSON.stringify(body));

  expect(answer.json).toEqual({
    offsets: [
      { partition: 0, offset: 0 },
      { partition: 1, error_code: 10, offset: -1 },
    ],
  });
  expect(stub.stored.map(({ value }) => value)).toEqual(["a", "c"]);
});

describe.each(DIALECTS)("the records that %s stores", (dialect) => {
  it("are all there, each request's in its order, when many requests come at once", async () => {
    const stub = await aStub({ dialect });
    const bodies = Array.from({ length: 30 }, (_, body) =>
      Array.from({ length: 20 }, (__, index) => `${body}:${index}`),
    );

    await Promise.all(bodies.map((values) => produce(stub, records(...values))));

    expect(stub.requests.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    const inTheirOrder = stub.requests.flatMap((request) => request.records.map(({ value }) => value));
    expect(stub.stored.map(({ value }) => value)).toEqual(inTheirOrder);
    expect(new Set(inTheirOrder)).toEqual(new Set(bodies.flat()));
    expect(stub.stored.map(({ offset }) => offset)).toEqual(inTheirOrder.map((_, index) => index));
    for (const { value, request } of stub.stored)
      expect(stub.requests[request]?.records).toContainEqual({ key: "null", value });
  });

  it("stay in order within each partition, and equal keys share one", async () => {
    const stub = await aStub({ dialect, partitions: 4 });
    const all = Array.from({ length: 60 }, (_, index) => ({ key: `key-${index % 7}`, value: index }));

    for (let from = 0; from < all.length; from += 20)
      await produce(stub, JSON.stringify({ records: all.slice(from, from + 20) }));

    const partitions = new Map<unknown, Set<number>>();
    for (const { key, partition } of stub.stored)
      partitions.set(key, (partitions.get(key) ?? new Set()).add(partition));
    expect([...partitions.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    for (const partition of [0, 1, 2, 3]) {
      const here = stub.stored.filter((record) => record.partition === partition);
      expect(here.length).toBeGreaterThan(0);
      expect(here.map(({ offset }) => offset)).toEqual(here.map((_, index) => index));
      expect(here.map(({ value }) => value)).toEqual(here.map(({ value }) => value as number).sort((a, b) => a - b));
    }
  });
});

it("counts the offsets of each topic apart", async () => {
  const stub = await aStub();

  await produce(stub, records("a", "b"));
  await produce(stub, records("c"), { topic: "other" });

  expect(stub.stored.map(({ topic, offset }) => [topic, offset])).toEqual([
    ["twake", 0],
    ["twake", 1],
    ["other", 0],
  ]);
});

it("spreads records without a key over the partitions", async () => {
  const stub = await aStub({ partitions: 2 });

  await produce(stub, JSON.stringify({ records: [{ value: 1 }, { key: null, value: 2 }, { value: 3 }] }));

  expect(stub.stored.map(({ partition }) => partition)).toEqual([0, 1, 0]);
});

it("keeps what it was sent: method, path, headers, records and length", async () => {
  const stub = await aStub();
  const body = records({ id: "User" });

  await produce(stub, body, { headers: { "x-trace": "7" } });

  expect(stub.requests).toMatchObject([
    {
      method: "POST",
      path: "/topics/twake",
      headers: { "x-trace": "7" },
      records: [{ key: "null", value: { id: "User" } }],
      bytes: Buffer.byteLength(body),
      status: 200,
    },
  ]);
});

it("forgets all of it when cleared, and starts again at offset 0", async () => {
  const stub = await aStub();
  await produce(stub, records("a"));

  stub.clear();
  await produce(stub, records("b"));

  expect(stub.stored).toMatchObject([{ value: "b", offset: 0, request: 0 }]);
  expect(stub.requests).toHaveLength(1);
});
