import { describe, expect, it } from "vitest";
import { virtualClock, type TeleflowRequestFault, type TeleflowStubOptions } from "../../src/index.ts";
import { aStub, aTrigger, broadcast, bulk, processed, trigger, until } from "./a-stub.ts";

const key = { "idempotency-key": "k" };

const failing = async (fault: TeleflowRequestFault, options: TeleflowStubOptions = {}) => {
  const stub = await aStub(options);
  stub.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
  return stub;
};

describe("a status", () => {
  it("is answered in the service's form, and nothing comes of the request", async () => {
    const headers = { "Retry-After": "7" };
    const stub = await failing({ kind: "status", status: 503, message: "come back later", headers });

    const answer = await trigger(stub, aTrigger());
    await stub.settled();

    expect(answer.status).toBe(503);
    expect(answer.json).toEqual({ message: "come back later", error: "Service Unavailable", statusCode: 503 });
    expect(answer.headers.get("retry-after")).toBe("7");
    expect(stub.notifications).toEqual([]);
    expect(stub.requests).toMatchObject([{ status: 503, triggers: [{ transactionId: "t1" }] }]);
  });

  it("has words of its own if it is given none", async () => {
    const stub = await failing({ kind: "status", status: 500 });

    expect((await trigger(stub, aTrigger())).json).toMatchObject({ message: "Internal Server Error" });
  });

  it.each([
    [400, true],
    [422, true],
    [500, true],
    [503, true],
    [401, false],
    [402, false],
    [403, false],
    [404, false],
    [408, false],
    [413, false],
    [429, false],
  ])("%i is kept under the idempotency key: %s", async (status, isKept) => {
    const stub = await failing({ kind: "status", status });

    await trigger(stub, aTrigger(), key);
    const again = await trigger(stub, aTrigger(), key);

    expect(again.status).toBe(isKept ? status : 201);
    expect(again.headers.get("idempotency-replay")).toBe(isKept ? "true" : null);
  });

  it.each([true, false])("of the service may come after all was taken up; JSON: %s", async (json) => {
    const stub = await failing({ kind: "status", status: 502, json, accepts: true });

    const first = await trigger(stub, aTrigger(), key);
    const again = await trigger(stub, aTrigger(), key);
    await stub.settled();

    expect(first.status).toBe(502);
    // What a gateway says instead of the service does not change what the service keeps.
    expect(again.status).toBe(json ? 502 : 201);
    expect(again.headers.get("idempotency-replay")).toBe("true");
    expect(stub.notifications).toHaveLength(1);
  });

  it("of a gateway is a page, and nothing is kept", async () => {
    const stub = await failing({ kind: "status", status: 502, json: false });

    const first = await trigger(stub, aTrigger(), key);
    const again = await trigger(stub, aTrigger(), key);

    expect(first).toMatchObject({ status: 502, json: undefined, text: expect.stringContaining("<html>") as unknown });
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotency-replay")).toBeNull();
  });

  it("of the service is not asked for where the answer is known already", async () => {
    const stub = await aStub();
    await trigger(stub, aTrigger(), key);
    stub.faults = { request: () => ({ kind: "status", status: 500 }) };

    expect((await trigger(stub, aTrigger(), key)).status).toBe(201);
  });
});

describe("a connection", () => {
  it.each([true, false])("is reset, whether the request was taken up (%s) or not", async (accepts) => {
    const stub = await failing({ kind: "reset", accepts });

    await expect(trigger(stub, aTrigger(), key)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    await stub.settled();
    const got = stub.notifications.length;
    const again = await trigger(stub, aTrigger(), key);

    expect(got).toBe(accepts ? 1 : 0);
    expect(stub.requests[0]?.status).toBeUndefined();
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotency-replay")).toBe(accepts ? "true" : null);
  });

  it.each([true, false])("stays open without an answer, whether it was taken up (%s) or not", async (accepts) => {
    const stub = await failing({ kind: "hang", accepts });
    const hanging = trigger(stub, aTrigger(), key);
    hanging.catch(() => undefined);

    await until(() => stub.requests.length === 1);
    const again = await trigger(stub, aTrigger(), key);
    await stub.settled();
    await stub.close();

    expect(again.headers.get("idempotency-replay")).toBe(accepts ? "true" : null);
    expect(stub.notifications).toHaveLength(1);
    expect(stub.requests[0]?.status).toBeUndefined();
    await expect(hanging).rejects.toThrow("fetch failed");
  });
});

it("takes its time when told to", async () => {
  const clock = virtualClock();
  const stub = await failing({ kind: "latency", ms: 5_000 }, { clock });
  const answered = trigger(stub, aTrigger());
  await until(() => clock.timers === 1);

  await clock.advance(4_999);
  await stub.settled();
  const before = [stub.requests[0]?.status, stub.notifications.length];
  await clock.advance(1);

  expect(before).toEqual([undefined, 0]);
  expect(await answered).toMatchObject({ status: 201 });
});

it.each([0, 1, 3])("answers with %i results for two triggers, takes up both, and answers so again", async (count) => {
  const stub = await failing({ kind: "results", count });
  const events = [aTrigger(), aTrigger({ transactionId: "t2" })];

  const first = await bulk(stub, events, key);
  const again = await bulk(stub, events, key);
  await stub.settled();

  expect(first).toMatchObject({ status: 201, json: { data: { length: count } } });
  expect(again.json).toEqual(first.json);
  expect(stub.notifications).toHaveLength(2);
});

it.each([true, false])("answers with any body, whether it takes the request up (%s) or not", async (accepts) => {
  const stub = await failing({ kind: "body", status: 200, body: "<html>log in</html>", accepts });

  const answer = await trigger(stub, aTrigger());
  await stub.settled();

  expect(answer).toMatchObject({ status: 200, text: "<html>log in</html>", json: undefined });
  expect(answer.headers.get("content-type")).toBe("text/html");
  expect(stub.notifications).toHaveLength(accepts ? 1 : 0);
});

it("answers with a body that only looks like JSON", async () => {
  const stub = await failing({ kind: "body", status: 201, body: "{", contentType: "application/json" });

  await expect(trigger(stub, aTrigger())).rejects.toThrow(SyntaxError);
});

describe("a trigger", () => {
  it("may get a status of its own, and is not taken up then", async () => {
    const stub = await aStub();
    const error = ["connect ECONNREFUSED"];
    stub.faults = {
      trigger: ({ transactionId }, { operation }) =>
        transactionId === "t2" && operation === "bulk" ? { status: "error", error } : undefined,
    };

    const answer = await bulk(stub, [aTrigger(), aTrigger({ transactionId: "t2" })]);
    const single = await trigger(stub, aTrigger({ transactionId: "t2" }));
    await stub.settled();

    expect((answer.json as { data: unknown }).data).toEqual([
      processed("t1"),
      { acknowledged: true, status: "error", error },
    ]);
    expect(single.json).toEqual({ data: processed("t2") });
    expect(stub.notifications).toHaveLength(2);
  });

  it.each(["subscriber_id_missing", "invalid_recipients"])("alone and a broadcast too may be %s", async (status) => {
    const stub = await aStub({ subscribers: ["cy"] });
    stub.faults = { trigger: () => ({ status }) };

    const answers = [await trigger(stub, aTrigger()), await broadcast(stub, { name: "incident", payload: {} })];
    await stub.settled();

    expect(answers.map(({ json }) => json)).toEqual([
      { data: { acknowledged: true, status } },
      { data: { acknowledged: true, status } },
    ]);
    expect(stub.notifications).toEqual([]);
  });

  it("may be lost after it was accepted; the same one again is no duplicate", async () => {
    const stub = await aStub();
    stub.faults = { trigger: () => "lost" };

    const lost = await trigger(stub, aTrigger());
    await stub.settled();
    const before = stub.notifications.length;
    stub.faults = {};
    await trigger(stub, aTrigger());
    await stub.settled();

    expect(lost).toMatchObject({ status: 201, json: { data: processed("t1") } });
    expect(before).toBe(0);
    expect(stub.dropped).toEqual([{ transactionId: "t1", reason: "lost" }]);
    expect(stub.notifications).toHaveLength(1);
  });
});

it("asks at each request, with its place", async () => {
  const stub = await aStub();
  const places: unknown[] = [];
  stub.faults = { request: (request, index) => void places.push([stub.requests[index] === request, index]) };

  await trigger(stub, aTrigger());
  await bulk(stub, [aTrigger()]);

  expect(places).toEqual([
    [true, 0],
    [true, 1],
  ]);
});
