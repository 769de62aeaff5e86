import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createBus, defineSink, delivered, PUBLISHER, type BusEvent } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { started } from "./builders.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const events = { "order.placed": z.string(), "order.paid": z.string(), "order.sent": z.string() };

async function aBus() {
  const bus = await started(createBus({ name: "shop", events }));
  const seen: BusEvent[] = [];
  bus.events.on("published", (event) => seen.push(event));
  const named = (type: string): BusEvent | undefined => seen.find((event) => event.type === type);
  return { bus, named };
}

describe("an event published in a listener", () => {
  it("names its cause, and shares its correlation and trace, down the chain", async () => {
    const { bus, named } = await aBus();
    bus.on("order.placed", () => bus.publish("order.paid", ""));
    bus.on("order.paid", () => bus.publish("order.sent", ""));

    await bus.publish("order.placed", "", { id: "first", traceparent: TRACE });
    await expect.poll(() => named("order.sent")).toBeDefined();

    const paid = named("order.paid");
    expect(paid).toMatchObject({ causationid: "first", correlationid: "first", traceparent: TRACE });
    expect(named("order.sent")).toMatchObject({ causationid: paid?.id, correlationid: "first", traceparent: TRACE });
  });

  it("does so after awaits and timers too", async () => {
    const { bus, named } = await aBus();
    bus.on("order.placed", async () => {
      await nextTurn();
      setImmediate(() => void bus.publish("order.paid", ""));
    });

    await bus.publish("order.placed", "", { id: "first", correlationid: "request-7" });

    await expect.poll(() => named("order.paid")).toMatchObject({ causationid: "first", correlationid: "request-7" });
  });

  it("keeps what the publisher says of it", async () => {
    const { bus, named } = await aBus();
    const own = { causationid: "a", correlationid: "b", traceparent: TRACE.replace("b7", "c8") };
    bus.on("order.placed", () => bus.publish("order.paid", "", own));

    await bus.publish("order.placed", "", { traceparent: TRACE });

    await expect.poll(() => named("order.paid")).toMatchObject(own);
  });

  it("does not mix up two that are handled at the same time", async () => {
    const bus = await started(createBus({ name: "shop", events }));
    const pairs: string[] = [];
    bus.on("order.placed", async ({ data }) => {
      await nextTurn();
      await bus.publish("order.paid", data);
    });
    bus.on("order.paid", ({ data, causationid }) => pairs.push(`${data} of ${String(causationid)}`));

    await Promise.all(["a", "b", "c"].map((id) => bus.publish("order.placed", id, { id })));

    await expect.poll(() => pairs.toSorted()).toEqual(["a of a", "b of b", "c of c"]);
  });

  it("leaves the caller's next event without a cause", async () => {
    const { bus, named } = await aBus();
    bus.on("order.placed", () => undefined);

    await bus.publish("order.placed", "");
    await bus.publish("order.paid", "");

    expect(named("order.paid")).not.toHaveProperty("causationid");
    expect(named("order.paid")).not.toHaveProperty("correlationid");
  });
});

it("calls listeners in the async context of the publisher, and leaves that as it was", async () => {
  const { bus } = await aBus();
  const request = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  bus.on("order.placed", async () => {
    seen.push(request.getStore());
    request.enterWith("the listener's own");
    await nextTurn();
  });

  await request.run("request 7", async () => {
    await bus.publish("order.placed", "");
    seen.push(request.getStore());
    await nextTurn();
    seen.push(request.getStore());
  });

  expect(seen).toEqual(["request 7", "request 7", "request 7"]);
});

describe("an event published while a sink delivers", () => {
  it("names the delivered event as its cause", async () => {
    const relay = defineSink({
      name: "relay",
      options: z.undefined(),
      deps: { publisher: PUBLISHER },
      create: ({ deps }) => ({
        deliver: async ([delivery]) => {
          await nextTurn();
          await deps.publisher.publish("order.paid", String(delivery?.event.id));
          return [delivered()];
        },
      }),
    });
    const routes = [{ on: "order.placed", to: "relay" }] as const;
    const bus = await started(createBus({ name: "shop", events, sinks: { relay: relay(undefined) }, routes }));
    const paid: BusEvent[] = [];
    bus.on("order.paid", (event) => paid.push(event));

    await bus.publish("order.placed", "", { id: "first", traceparent: TRACE });

    await expect
      .poll(() => paid)
      .toMatchObject([{ causationid: "first", correlationid: "first", traceparent: TRACE, data: "first" }]);
  });
});
