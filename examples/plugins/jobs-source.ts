import { CLOCK, defineSource, type Clock, type Logger, type Publisher } from "@bus/core";
import { z } from "zod";
import { isFinal } from "./final-failure.ts";

// #region queue
/** The part of the host's queue client that the source needs. */
export interface JobQueue {
  /** The next message, once there is one. Rejects when the signal aborts. */
  receive(signal: AbortSignal): Promise<JobMessage>;
}

export interface JobMessage {
  readonly id: string;
  readonly body: unknown;
  ack(): Promise<void>;
  /** It comes again. */
  nack(): Promise<void>;
  /** It is a dead letter of the queue. */
  reject(): Promise<void>;
}
// #endregion queue

const AFTER_FAILURE_MS = 1_000;

// #region source
/** Publishes what a queue holds. */
export const jobsSource = defineSource({
  name: "jobs",
  options: z.strictObject({ queue: z.custom<JobQueue>((queue) => typeof queue === "object" && queue !== null) }),
  deps: { clock: CLOCK },
  create: ({ options: { queue }, deps: { clock }, logger }) => {
    let reading = Promise.resolve();
    return {
      start: (publisher, { signal }) => {
        reading = read({ queue, publisher, signal, clock, logger });
      },
      // What was received is published and acknowledged first.
      stop: () => reading,
    };
  },
});

async function read({ queue, publisher, signal, clock, logger }: Reading): Promise<void> {
  while (!signal.aborted) {
    try {
      const message = await queue.receive(signal);
      if (!(await isTaken(message, publisher))) await pause(clock, signal);
    } catch (err) {
      if (signal.aborted) return;
      logger.warn({ err }, "The queue could not be read.");
      await pause(clock, signal);
    }
  }
}

async function isTaken(message: JobMessage, publisher: Publisher): Promise<boolean> {
  try {
    await publisher.publish("job.queued", message.body, { id: `job-${message.id}` });
  } catch (error) {
    const isRefused = isFinal(error);
    await (isRefused ? message.reject() : message.nack());
    return isRefused;
  }
  await message.ack();
  return true;
}
// #endregion source

interface Reading {
  readonly queue: JobQueue;
  readonly publisher: Publisher;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

// #region pause
/** Ends early when the signal aborts, and leaves nothing behind. */
function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.schedule(end, AFTER_FAILURE_MS);
    signal.addEventListener("abort", end);
  });
}
// #endregion pause
