import { vi } from "vitest";
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
