import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createBus, LOGGER, provide, type AnySinkPlugin } from "@bus/core";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { logSink } from "../class-sink.ts";
import { firstSink } from "../first-sink.ts";

const nothing = (): void => {};

/** Publishes one event to the sink, and tells what was logged, and what became of the event. */
async function published(sink: AnySinkPlugin): Promise<{ logged: string[]; state: string }> {
  const logged: string[] = [];
  const info = (_: object, message: string): void => void logged.push(message);
  const bus = createBus({
    name: "test",
    events: { "thing.done": z.string() },
    sinks: { sink },
    provide: [provide(LOGGER, { debug: nothing, info, warn: nothing, error: nothing })],
  });
  onTestFinished(() => bus.stop());
  await bus.start();
  const ended = Promise.race(["delivered", "retrying"].map((name) => once(bus.events as never, name).then(() => name)));
  await bus.publish("thing.done", "hello");
  return { logged, state: await ended };
}

it("the first sink posts, and has tried again what is refused", async () => {
  const statuses = [204, 400];
  const server = createServer((_, response) => void response.writeHead(statuses.shift() ?? 500).end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  expect((await published(firstSink({ url }))).state).toBe("delivered");
  expect((await published(firstSink({ url }))).state).toBe("retrying");
});

it("the sink that is a class gets what it asks for by token", async () => {
  expect(await published(logSink({ prefix: "It happened: " }))).toEqual({
    logged: ["It happened: thing.done"],
    state: "delivered",
  });
});
