import { Novu } from "@novu/node";
import { expect, it } from "vitest";
import { virtualClock, type TeleflowStubOptions } from "../../src/index.ts";
import { aStub, processed } from "./a-stub.ts";

/** The public client of the service's family, as it is. It adds `/v1` itself. */
const aClient = async (options: TeleflowStubOptions = {}, apiKey = "test-key") => {
  const stub = await aStub(options);
  return { stub, novu: new Novu(apiKey, { backendUrl: stub.url }) };
};

it("triggers", async () => {
  const { stub, novu } = await aClient();

  const { status, data } = await novu.trigger("order-shipped", {
    to: { subscriberId: "ann", email: "ann@example.org" },
    payload: { order: 7 },
    transactionId: "t1",
  });
  await stub.settled();

  expect([status, data]).toEqual([201, { data: processed("t1") }]);
  expect(stub.notificationsOf("ann")).toMatchObject([{ workflow: "order-shipped", payload: { order: 7 } }]);
});

it("triggers many", async () => {
  const { stub, novu } = await aClient();

  const { data } = await novu.bulkTrigger([
    { name: "order-shipped", to: "ann", payload: {}, transactionId: "t1" },
    { name: "order-shipped", to: ["bob", "cy"], payload: {}, transactionId: "t2" },
  ]);
  await stub.settled();

  expect(data).toEqual({ data: [processed("t1"), processed("t2")] });
  expect(stub.notifications).toHaveLength(3);
});

it("broadcasts", async () => {
  const { stub, novu } = await aClient({ subscribers: ["ann", "bob"] });

  const { data } = await novu.broadcast("incident", { payload: { at: 1 }, transactionId: "t1" });
  await stub.settled();

  expect(data).toEqual({ data: processed("t1") });
  expect(stub.notifications).toMatchObject([{ subscriberId: "ann" }, { subscriberId: "bob" }]);
});

it("cancels", async () => {
  const { stub, novu } = await aClient({ clock: virtualClock(), workflows: { reminder: { delayMs: 1_000 } } });
  await novu.trigger("reminder", { to: "ann", payload: {}, transactionId: "t1" });
  await stub.settled();

  const answers = [await novu.events.cancel("t1"), await novu.events.cancel("t1")];

  expect(answers.map(({ status, data }) => [status, data])).toEqual([
    [200, { data: true }],
    [200, { data: false }],
  ]);
});

it("lists notifications", async () => {
  const { stub, novu } = await aClient();
  await novu.trigger("order-shipped", { to: "ann", payload: {}, transactionId: "t1" });
  await stub.settled();

  // It has no method for these, but a connection for those who want more.
  const page: unknown = await novu["http"].get("/notifications", { params: { transactionId: "t1" } });

  expect(page).toMatchObject({ status: 200, data: { page: 0, data: [{ transactionId: "t1" }] } });
});

it("is told that there is no such workflow", async () => {
  const { novu } = await aClient({ workflows: {} });

  const triggered = novu.trigger("order-shipped", { to: "ann", payload: {} });

  await expect(triggered).rejects.toMatchObject({
    response: { status: 422, data: { statusCode: 422, message: "workflow_not_found", error: "Unprocessable Entity" } },
  });
});

it("is told that its key is none", async () => {
  const { novu } = await aClient({}, "other");

  const triggered = novu.trigger("order-shipped", { to: "ann", payload: {} });

  await expect(triggered).rejects.toMatchObject({ response: { status: 401, data: { message: "API Key not found" } } });
});
