import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createBus } from "@bus/core";
import { httpTarget, sinkSuite } from "@bus/testkit";
import { describe, expect, it, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { myTargetSink } from "../src/index.ts";

// The suite kills connections, restarts buses and sends a thousand events: some of its tests need a few seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("myTargetSink", () => {
  sinkSuite({
    test,
    create: ({ url, secret }, extra) => myTargetSink({ url, token: secret, ...extra }),
    event: (marker) => ({ type: "thing.done", data: { marker } }),
    // The far side: what it reads out of a request. It answers 200, or 422 to what it refuses, and fails when a test says so.
    target: httpTarget({
      read: ({ method, headers, body }) =>
        method === "POST"
          ? [{ id: String(headers["idempotency-key"]), marker: (JSON.parse(body) as ThingDone).data.marker }]
          : [],
    }),
    check: true,
    // Where it says something else than most sinks.
    outcomes: { "401": "pause", "403": "pause" },
  });

  it("posts the event as JSON, with the token and the delivery's id", async () => {
    const server = createServer();
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const requested = once(server, "request");
    const bus = createBus({
      name: "test",
      events: { "thing.done": z.object({ marker: z.string() }) },
      sinks: { target: myTargetSink({ url: `http://127.0.0.1:${port}/api/`, token: "abc" }) },
    });
    onTestFinished(() => bus.stop());
    await bus.start();

    const { id } = await bus.publish("thing.done", { marker: "hello" });

    const [request, response] = await requested;
    const body: unknown = JSON.parse(await text(request));
    const [delivery] = (await bus.deliveries.list({ sink: "target" })).items;
    expect(request).toMatchObject({
      method: "POST",
      url: "/api/events",
      headers: { authorization: "Bearer abc", "idempotency-key": delivery?.id },
    });
    expect(body).toMatchObject({ id, type: "thing.done", data: { marker: "hello" } });
    response.end();
  });
});

interface ThingDone {
  readonly data: { readonly marker: string };
}
