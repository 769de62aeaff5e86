import { createBus } from "@bus/core";
import { httpUpstream, sourceSuite } from "@bus/testkit";
import { describe, expect, it, onTestFinished, test, vi } from "vitest";
import { myTargetEvents, myTargetSource, type MyTargetSourceApi } from "../src/index.ts";

// Some tests of the suite offer many things, or wait for what must not happen: they need a few seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("myTargetSource", () => {
  sourceSuite({
    test,
    create: ({ secret }, extra) => myTargetSource({ token: secret, ...extra }),
    type: "my-target.received",
    events: myTargetEvents,
    // The far side: what its requests look like. It sends some that are wrong, too large or without a token, by itself.
    upstream: httpUpstream<MyTargetSourceApi>({
      body: ({ id, marker }) => JSON.stringify({ id, data: { marker } }),
      headers: ({ secret }) => (secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      send: (request, api) => api.fetch(request),
    }),
  });

  it("publishes what is posted, under an id that is made of its own", async () => {
    const bus = createBus({
      name: "test",
      events: myTargetEvents,
      sources: { target: myTargetSource({ token: "abc" }) },
    });
    const heard: object[] = [];
    bus.on("my-target.received", ({ id, data }) => heard.push({ id, data }));
    onTestFinished(() => bus.stop());
    await bus.start();

    const { status } = await bus.sources.target.fetch(
      new Request("http://localhost/", {
        method: "POST",
        headers: { authorization: "Bearer abc" },
        body: '{"id": "7", "data": {"text": "hello"}}',
      }),
    );

    expect(status).toBe(204);
    expect(heard).toEqual([{ id: "my-target:7", data: { text: "hello" } }]);
  });
});
