import { describe, expect, it } from "vitest";
import type { TeleflowWorkflow } from "../../src/index.ts";
import { aStub, aTrigger, broadcast, bulk, cancel, processed, trigger } from "./a-stub.ts";

const workflows: Record<string, TeleflowWorkflow> = {
  "order-shipped": { required: ["order", "customer.name"] },
  off: { state: "inactive" },
  hollow: { state: "no-steps" },
  idle: { state: "no-active-steps" },
};
const payload = { order: 7, customer: { name: "Ann" } };

it("takes a trigger, and notifies its subscriber", async () => {
  const stub = await aStub();

  const answer = await trigger(stub, aTrigger());
  await stub.settled();

  expect(answer).toMatchObject({ status: 201, json: { data: processed("t1") } });
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(stub.notifications).toEqual([
    { subscriberId: "ann", workflow: "order-shipped", payload: { order: 7 }, transactionId: "t1", broadcast: false },
  ]);
  expect(stub.notificationsOf("ann")).toEqual(stub.notifications);
  expect(stub.notificationsOf("bob")).toEqual([]);
});

it("makes an id for a trigger that has none", async () => {
  const stub = await aStub();

  const answer = await trigger(stub, aTrigger({ transactionId: undefined }));
  await stub.settled();

  const uuid = expect.stringMatching(/^[\da-f]{8}-[\da-f-]{27}$/) as unknown as string;
  expect(answer.json).toEqual({ data: processed(uuid) });
  expect((answer.json as { data: object }).data).toMatchObject({ transactionId: stub.notifications[0]?.transactionId });
});

it("takes a trigger without a payload, a bulk's not", async () => {
  const stub = await aStub();

  const single = await trigger(stub, aTrigger({ payload: undefined }));
  const many = await bulk(stub, [aTrigger({ payload: undefined, transactionId: "t2" })]);
  await stub.settled();

  expect(single.status).toBe(201);
  expect(stub.notifications).toMatchObject([{ payload: {}, transactionId: "t1" }]);
  expect(many).toMatchObject({
    status: 201,
    json: { data: [{ acknowledged: true, status: "error", error: ["payload should not be null or undefined"] }] },
  });
});

it("answers a bulk with a result for each, in order, whatever became of it", async () => {
  const stub = await aStub({ workflows, tenants: ["acme"] });

  const answer = await bulk(stub, [
    aTrigger({ payload, transactionId: "a" }),
    aTrigger({ name: "unknown", transactionId: "b" }),
    aTrigger({ name: "off", transactionId: "c" }),
    aTrigger({ name: "hollow", transactionId: "d" }),
    aTrigger({ name: "idle", transactionId: "e" }),
    aTrigger({ payload: { customer: {} }, transactionId: "f" }),
    aTrigger({ payload, tenant: "other", transactionId: "g" }),
    aTrigger({ payload, tenant: { identifier: "acme" }, transactionId: "h" }),
    aTrigger({ payload, transactionId: 9 }),
    { to: ["ann"], payload, transactionId: 8, actor: 7 },
    null,
  ]);
  await stub.settled();

  const error = (...messages: string[]) => ({ acknowledged: true, status: "error", error: messages });
  const status = (name: string) => ({ acknowledged: true, status: name });
  expect(answer.status).toBe(201);
  expect((answer.json as { data: unknown }).data).toEqual([
    processed("a"),
    error("workflow_not_found"),
    status("trigger_not_active"),
    status("no_workflow_steps_defined"),
    status("no_workflow_active_steps_defined"),
    error("payload is missing required key(s) and type(s): order (Value), customer.name (Value)"),
    status("no_tenant_found"),
    processed("h"),
    error("transactionId must be a string"),
    error(
      "identifier should not be null or undefined",
      "identifier must be a string",
      "transactionId must be a string",
      "nested property actor must be either object or array",
    ),
    error(
      "identifier should not be null or undefined",
      "identifier must be a string",
      "payload should not be null or undefined",
      "to should not be null or undefined",
    ),
  ]);
  expect(stub.notifications.map(({ transactionId }) => transactionId)).toEqual(["a", "h"]);
  expect(stub.dropped).toEqual([]);
});

describe("a single trigger", () => {
  it.each([
    ["of an unknown workflow", { name: "unknown" }, 422, "workflow_not_found"],
    ["of a name that objects inherit", { name: "toString" }, 422, "workflow_not_found"],
    [
      "without the keys of its workflow",
      { payload: { order: null } },
      400,
      "payload is missing required key(s) and type(s): order (Value), customer.name (Value)",
    ],
  ])("%s is refused", async (_, fields, status, message) => {
    const stub = await aStub({ workflows });

    const answer = await trigger(stub, aTrigger(fields));

    expect(answer).toMatchObject({ status, json: { statusCode: status, message } });
  });

  it.each([
    ["off", "trigger_not_active"],
    ["hollow", "no_workflow_steps_defined"],
    ["idle", "no_workflow_active_steps_defined"],
  ])("of workflow %s is answered %s, without an id", async (name, status) => {
    const stub = await aStub({ workflows });

    const answer = await trigger(stub, aTrigger({ name }));
    await stub.settled();

    expect(answer).toMatchObject({ status: 201 });
    expect(answer.json).toEqual({ data: { acknowledged: true, status } });
    expect(stub.notifications).toEqual([]);
  });
});

describe("a broadcast", () => {
  it("reaches all subscribers: those there were, and those that triggers made", async () => {
    const stub = await aStub({ subscribers: ["cy"] });
    await trigger(stub, aTrigger({ actor: "bob" }));
    await stub.settled();

    const answer = await broadcast(stub, { name: "incident", payload: { at: 1 }, transactionId: "t2" });
    await stub.settled();

    expect(answer).toMatchObject({ status: 201, json: { data: processed("t2") } });
    const got = stub.notifications.filter((notification) => notification.broadcast);
    expect(got.map(({ subscriberId }) => subscriberId).toSorted()).toEqual(["ann", "bob", "cy"]);
    expect(got[0]).toMatchObject({ workflow: "incident", payload: { at: 1 }, transactionId: "t2" });
  });

  it("of a workflow that is not active is answered processed, and reaches nobody", async () => {
    const stub = await aStub({ workflows, subscribers: ["cy"] });

    const answer = await broadcast(stub, { name: "off", payload: {}, transactionId: "t2" });
    await stub.settled();

    expect(answer).toMatchObject({ status: 201, json: { data: processed("t2") } });
    expect(stub.notifications).toEqual([]);
    expect(stub.dropped).toEqual([{ transactionId: "t2", reason: "inactive" }]);
  });

  it("of an unknown workflow is refused", async () => {
    const stub = await aStub({ workflows });

    const answer = await broadcast(stub, { name: "unknown", payload: {} });

    expect(answer).toMatchObject({ status: 422, json: { message: "workflow_not_found" } });
  });
});

it("keeps what it was asked: method, path, operation, headers, body, triggers and length", async () => {
  const stub = await aStub();
  const events = [aTrigger(), aTrigger({ transactionId: "t2" })];

  await bulk(stub, events, { "x-trace": "7" });
  await cancel(stub, "a/b");

  expect(stub.requests).toMatchObject([
    {
      method: "POST",
      path: "/v1/events/trigger/bulk",
      operation: "bulk",
      headers: { "x-trace": "7" },
      body: { events },
      triggers: events,
      bytes: Buffer.byteLength(JSON.stringify({ events })),
      status: 201,
    },
    {
      method: "DELETE",
      path: "/v1/events/trigger/a%2Fb",
      operation: "cancel",
      body: undefined,
      triggers: [],
      bytes: 0,
    },
  ]);
});

it("is as new when cleared, but for its faults", async () => {
  const stub = await aStub({ subscribers: ["cy"], rateLimit: { limit: 60, windowSeconds: 60, burst: 60 } });
  stub.faults = { trigger: ({ name }) => (name === "bad" ? { status: "invalid_recipients" } : undefined) };
  await trigger(stub, aTrigger(), { "idempotency-key": "k" });
  await stub.settled();

  stub.clear();
  const answer = await trigger(stub, aTrigger({ payload: {} }), { "idempotency-key": "k" });
  const faulty = await trigger(stub, aTrigger({ name: "bad" }));
  await stub.settled();

  expect(answer.status).toBe(201);
  expect(answer.headers.get("ratelimit-remaining")).toBe("59");
  expect(faulty.json).toEqual({ data: { acknowledged: true, status: "invalid_recipients" } });
  expect(stub.requests).toHaveLength(2);
  expect(stub.notificationsOf("ann")).toMatchObject([{ payload: {} }]);
  expect(stub.dropped).toEqual([]);
});
