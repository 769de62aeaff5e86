import { expect, it } from "vitest";
import { virtualClock } from "../../src/index.ts";
import { aStub, ask, aTrigger, bulk, trigger, until } from "./a-stub.ts";

const HOUR_MS = 3_600_000;
const key = { "idempotency-key": "k" };

it("answers a repeated request as it did the first, for 24 hours, and takes nothing up again", async () => {
  const clock = virtualClock();
  const stub = await aStub({ clock });
  const body = aTrigger({ transactionId: undefined });

  const first = await trigger(stub, body, key);
  await clock.advance(24 * HOUR_MS - 1);
  const second = await trigger(stub, body, key);
  await clock.advance(1);
  const third = await trigger(stub, body, key);
  await stub.settled();

  expect([first, second, third].map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(second.text).toBe(first.text);
  expect(third.text).not.toBe(first.text);
  expect([first, second, third].map(({ headers }) => headers.get("idempotency-replay"))).toEqual([null, "true", null]);
  expect(first.headers.get("idempotency-key")).toBe("k");
  expect(stub.notifications).toHaveLength(2);
});

it.each([
  ["what is wrong with its fields", {}, 400],
  ["an unknown workflow", aTrigger({ name: "unknown" }), 422],
])("keeps errors as well: %s", async (_, body, status) => {
  const stub = await aStub({ workflows: {} });

  const first = await trigger(stub, body, key);
  const second = await trigger(stub, body, key);

  expect([first.status, second.status]).toEqual([status, status]);
  expect(second.json).toEqual(first.json);
  expect(second.headers.get("idempotency-replay")).toBe("true");
});

it("refuses the key for another body", async () => {
  const stub = await aStub();
  await trigger(stub, aTrigger(), key);

  const answer = await trigger(stub, aTrigger({ payload: {} }), key);

  expect(answer.status).toBe(422);
  expect(answer.json).toEqual({
    message: 'Request with key "k" is being reused for a different body',
    error: "Unprocessable Entity",
    statusCode: 422,
  });
  expect(answer.headers.get("link")).toContain("idempotency");
});

it("takes a body that is written differently for the same", async () => {
  const stub = await aStub();
  await trigger(stub, aTrigger(), key);

  const answer = await trigger(stub, JSON.stringify(aTrigger(), null, 2), key);

  expect(answer.headers.get("idempotency-replay")).toBe("true");
});

it("answers 409 as long as the first is in progress", async () => {
  const clock = virtualClock();
  const stub = await aStub({ clock });
  stub.faults = { request: (_, index) => (index === 0 ? { kind: "latency", ms: 1_000 } : undefined) };

  const first = trigger(stub, aTrigger(), key);
  await until(() => clock.timers === 1);
  const second = await trigger(stub, aTrigger(), key);
  await clock.advance(1_000);

  expect(second.status).toBe(409);
  expect(second.json).toEqual({
    message: 'Request with key "k" is currently being processed. Please retry after 1 second',
    error: "Conflict",
    statusCode: 409,
  });
  expect(second.headers.get("retry-after")).toBe("1");
  expect(await first).toMatchObject({ status: 201 });
  expect((await trigger(stub, aTrigger(), key)).headers.get("idempotency-replay")).toBe("true");
});

it("refuses a key of more than 255 characters", async () => {
  const stub = await aStub();
  const long = "k".repeat(256);

  const answer = await trigger(stub, aTrigger(), { "idempotency-key": long });
  const just = await trigger(stub, aTrigger(), { "idempotency-key": long.slice(1) });

  const message = `idempotencyKey "${long}" has exceeded the maximum allowed length of 255 characters`;
  expect(answer).toMatchObject({ status: 400, json: { message } });
  expect(just.status).toBe(201);
});

it("keeps one store for all paths", async () => {
  const stub = await aStub();
  await trigger(stub, aTrigger(), key);

  expect((await bulk(stub, [aTrigger()], key)).status).toBe(422);
});

it("honours the key of nothing but a POST", async () => {
  const stub = await aStub();

  await ask(stub, "DELETE", "/events/trigger/t1", { headers: key });
  const answer = await ask(stub, "DELETE", "/events/trigger/t1", { headers: key });

  expect(answer.headers.get("idempotency-key")).toBeNull();
  expect(answer.headers.get("idempotency-replay")).toBeNull();
});

it("can have it off", async () => {
  const stub = await aStub({ idempotency: false });
  await trigger(stub, aTrigger(), key);

  const answer = await trigger(stub, aTrigger({ payload: {} }), key);

  expect(answer.status).toBe(201);
  expect(answer.headers.get("idempotency-key")).toBeNull();
});
