/** A host on the published packages: one event to a sink of its own, and the same as a webhook to a server on loopback. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createBus, defineSink, delivered } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";

interface Greeting {
  readonly text: string;
}

const greeting = {
  "~standard": {
    version: 1,
    vendor: "host",
    validate: (value: unknown) => ({ value: value as Greeting }),
    types: undefined as { readonly input: Greeting; readonly output: Greeting } | undefined,
  },
} as const;

const collected = Promise.withResolvers<unknown>();
const collectorSink = defineSink({
  name: "collector",
  options: greeting,
  create: ({ options }) => ({
    deliver: (batch) => {
      for (const { event } of batch) collected.resolve({ prefix: options.text, data: event.data });
      return batch.map(() => delivered());
    },
  }),
});

const posted = Promise.withResolvers<unknown>();
const receiver = createServer(async (request, response) => {
  request.setEncoding("utf8");
  const body = (await request.toArray()).join("");
  response.end();
  posted.resolve({ event: request.headers["x-trino-event"], body: JSON.parse(body) });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const address = receiver.address();
assert(address !== null && typeof address === "object");

const bus = createBus({
  name: "host",
  events: { ...trinoEvents, "greeting.sent": greeting },
  store: sqliteStore({ path: "bus.db" }),
  sinks: {
    collector: collectorSink({ text: "heard" }),
    hooks: webhookSink({
      endpoints: [{ id: "here", url: `http://127.0.0.1:${address.port}/hook` }],
      allow: ["127.0.0.1"],
    }),
  },
  routes: [
    { on: "greeting.*", to: "collector" },
    { on: "message.created", to: "hooks" },
  ],
});
const { event: wireName, ...message } = JSON.parse(
  readFileSync(new URL("message_created.json", import.meta.url), "utf8"),
);

await bus.start();
const event = await bus.publish("greeting.sent", { text: "hello" }, { key: "one" });
await bus.publish("message.created", message);

assert.equal(event.data.text, "hello");
assert.deepEqual(await collected.promise, { prefix: "heard", data: { text: "hello" } });
assert.deepEqual(await posted.promise, { event: "message_created", body: { event: wireName, ...message } });
// @ts-expect-error An event that is not declared is a compile error with the published declarations too.
await assert.rejects(bus.publish("greeting.lost", { text: "hello" }));

await bus.stop();
receiver.close();
