import { createBus } from "@bus/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import type { JobMessage, JobQueue } from "../jobs-source.ts";
// #region suite
import { sourceSuite } from "@bus/testkit";
import { describe, test } from "vitest";
import { jobsSource } from "../jobs-source.ts";
import { MemoryQueue } from "./memory-queue.ts";

describe("jobsSource", () => {
  sourceSuite({
    test,
    create: ({ upstream }, extra) => jobsSource({ queue: upstream.connect(), ...extra }),
    upstream: { kind: "queue", faults: [], open: async () => new MemoryQueue() },
    type: "job.queued",
    // The queue's client has it, if there is one.
    secret: false,
  });
});
// #endregion suite

vi.setConfig({ testTimeout: 30_000 });

/** A message of a client that is a class, whose methods need their `this`. */
class ClassMessage implements JobMessage {
  readonly id: string;
  readonly body: unknown;
  readonly #told = Promise.withResolvers<string>();

  constructor(id: string, body: unknown) {
    this.id = id;
    this.body = body;
  }

  get told(): Promise<string> {
    return this.#told.promise;
  }

  async ack(): Promise<void> {
    this.#told.resolve("ack");
  }

  async nack(): Promise<void> {
    this.#told.resolve("nack");
  }

  async reject(): Promise<void> {
    this.#told.resolve("reject");
  }
}

const LOOP: Record<string, unknown> = {};
LOOP["self"] = LOOP;

it.each([
  { name: "acknowledges what was published", id: "1", body: "a job", told: "ack" },
  { name: "rejects an id that no event can have", id: "größe 1", body: "a job", told: "reject" },
  { name: "rejects a body that has no JSON form", id: "1", body: LOOP, told: "reject" },
])("$name, to a message that is a class", async ({ id, body, told }) => {
  const message = new ClassMessage(id, body);
  const waiting = [message];
  const queue: JobQueue = {
    receive: async (signal) => {
      const next = waiting.shift();
      if (next) return next;
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  };
  const bus = createBus({ name: "test", events: { "job.queued": z.any() }, sources: { jobs: jobsSource({ queue }) } });
  onTestFinished(() => bus.stop());

  await bus.start();

  expect(await message.told).toBe(told);
});
