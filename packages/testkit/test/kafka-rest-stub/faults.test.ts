import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { KafkaRestDialect, KafkaRestStub, RequestFault } from "../../src/index.ts";
import { aStub, DIALECTS, JSON_RECORDS, produce, records } from "./a-stub.ts";

describe.each(DIALECTS)("%s", (dialect) => {
  const failing = async (fault: RequestFault) => {
    const stub = await aStub({ dialect });
    stub.faults = { request: () => fault };
    return stub;
  };

  it("answers a status that was asked for in its own form, and stores nothing", async () => {
    const stub = await failing({ kind: "status", status: 503, error_code: 50_301, message: "come back later" });

    const answer = await produce(stub, records("a"));

    expect(answer).toMatchObject({ status: 503, json: { error_code: 50_301, message: "come back later" } });
    expect(stub.stored).toEqual([]);
    expect(stub.requests).toMatchObject([{ status: 503, records: [{ value: "a" }] }]);
  });

  it("answers a bare status in its own words", async () => {
    const stub = await failing({ kind: "status", status: 500 });

    const answer = await produce(stub, records("a"));

    expect(answer).toMatchObject({
      status: 500,
      json: { error_code: 500, message: expect.stringContaining("Internal Server Error") as unknown },
    });
  });

  it.each([true, false])("answers any other body, whether it stores (%s) or not", async (stores) => {
    const stub = await failing({ kind: "body", status: 200, body: "<html>", contentType: "text/html", stores });

    const answer = await produce(stub, records("a"));

    expect(answer).toMatchObject({ status: 200, text: "<html>", contentType: "text/html" });
    expect(stub.stored).toHaveLength(stores ? 1 : 0);
  });

  it.each([0, 1, 3])("answers with %i entries for two records, and stores both", async (count) => {
    const stub = await failing({ kind: "entries", count });

    const answer = await produce(stub, records("a", "b"));

    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.text) as { offsets: unknown[] }).offsets).toHaveLength(count);
    expect(stub.stored).toHaveLength(2);
  });

  it.each([true, false])("resets the connection, whether it stores (%s) or not", async (stores) => {
    const stub = await failing({ kind: "reset", stores });

    const answered = produce(stub, records("a"));

    await expect(answered).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(stub.stored).toHaveLength(stores ? 1 : 0);
    expect(stub.requests).toMatchObject([{ status: undefined }]);
  });

  it.each([true, false])("ends in the middle of the answer, whether it stores (%s) or not", async (stores) => {
    const stub = await failing({ kind: "reset", stores, afterBytes: 12 });

    const answer = await cutShort(stub, records("a"));

    expect(answer).toEqual({ status: stores ? 200 : 500, length: 12, isWhole: false });
    expect(stub.stored).toHaveLength(stores ? 1 : 0);
    expect(stub.requests).toMatchObject([{ status: undefined }]);
  });

  it("ends after the head of the answer", async () => {
    const stub = await failing({ kind: "reset", stores: true, afterBytes: 0 });

    expect(await cutShort(stub, records("a"))).toEqual({ status: 200, length: 0, isWhole: false });
  });

  it("answers late, and stores then", async () => {
    const stub = await failing({ kind: "delay", ms: 10 });

    const answer = await produce(stub, records("a"));

    expect(answer.status).toBe(200);
    expect(stub.stored).toMatchObject([{ value: "a", request: 0 }]);
  });

  it("lets other requests pass while one is delayed", async () => {
    const stub = await aStub({ dialect });
    stub.faults = { request: (_, index) => (index === 0 ? { kind: "delay", ms: 60_000 } : undefined) };

    const slow = produce(stub, records("slow")).catch(() => "failed");
    await expect.poll(() => stub.requests.length, { interval: 5 }).toBe(1);
    const fast = await produce(stub, records("fast"));

    expect(fast.status).toBe(200);
    expect(stub.stored).toMatchObject([{ value: "fast", request: 1 }]);
    await stub.close();
    expect(await slow).toBe("failed");
  });

  it.each<RequestFault>([{ kind: "hang" }, { kind: "delay", ms: 60_000 }])(
    "answers no more once it is closed ($kind)",
    async (fault) => {
      const stub = await failing(fault);

      const answered = produce(stub, records("a")).catch(() => "failed");
      await expect.poll(() => stub.requests.length, { interval: 5 }).toBe(1);
      await stub.close();

      expect(await answered).toBe("failed");
      expect(stub.stored).toEqual([]);
      expect(stub.requests).toMatchObject([{ status: undefined }]);
    },
  );
});

it("asks about each request with its place, and about no record of one that fails", async () => {
  const stub = await aStub();
  const asked: unknown[] = [];
  stub.faults = {
    request: ({ path }, index) => {
      asked.push([path, index]);
      return index === 1 ? { kind: "status", status: 500 } : undefined;
    },
    record: ({ value }) => void asked.push(value),
  };

  await produce(stub, records("a", "b"));
  await produce(stub, records("c"));

  expect(asked).toEqual([["/topics/twake", 0], "a", "b", ["/topics/twake", 1]]);
});

it("keeps failed records out of what it stores with another body", async () => {
  const stub = await aStub();
  stub.faults = {
    request: () => ({ kind: "body", status: 200, body: "{}", stores: true }),
    record: ({ value }) => (value === "a" ? { error_code: 50_003, error: "" } : undefined),
  };

  await produce(stub, records("a", "b"));

  expect(stub.stored).toMatchObject([{ value: "b" }]);
});

it("takes no notice of a client that goes away in the middle of its request", async () => {
  const stub = await aStub();
  const port = Number(new URL(stub.url).port);
  const client = connect(port, "127.0.0.1");

  await once(client, "connect");
  client.write("POST /topics/twake HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  client.resetAndDestroy();
  await produce(stub, records("a"));

  expect(stub.requests).toHaveLength(1);
  expect(stub.stored).toMatchObject([{ value: "a", request: 0 }]);
});

it("can be closed twice, and leaves its port free", async () => {
  const first = await aStub();
  const port = Number(new URL(first.url).port);

  await first.close();
  await first.close();

  const dialect: KafkaRestDialect = "karapace";
  expect((await aStub({ dialect, port })).url).toBe(first.url);
});

interface CutShort {
  readonly status: number | undefined;
  readonly length: number;
  readonly isWhole: boolean;
}

/** What came of an answer before the connection ended. */
function cutShort(stub: KafkaRestStub, body: string): Promise<CutShort> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": JSON_RECORDS };
    request(`${stub.url}/topics/twake`, { method: "POST", headers, agent: false }, (response) => {
      let length = 0;
      response.on("data", (chunk: Buffer) => (length += chunk.length));
      response.on("error", () => undefined);
      response.on("close", () => resolve({ status: response.statusCode, length, isWhole: response.complete }));
    })
      .on("error", reject)
      .end(body);
  });
}
