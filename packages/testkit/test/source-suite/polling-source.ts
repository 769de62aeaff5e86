import {
  CLOCK,
  defineSource,
  LOGGER,
  type Clock,
  type Logger,
  type Publisher,
  type Source,
  type SourcePlugin,
  type Token,
} from "@bus/core";
import { z } from "zod";
import type { SourceSuiteOptions } from "../../src/index.ts";
import { queueUpstream, type Message, type OrderQueue, type QueueConnection } from "./order-queue.ts";

export interface PollingOptions {
  readonly queue: OrderQueue;
  /** The queue's password. */
  readonly secret: string;
}

export const pollingOptions: z.ZodType<PollingOptions, PollingOptions> = z.strictObject({
  queue: z.custom<OrderQueue>((value) => typeof value === "object" && value !== null && "connect" in value),
  secret: z.string().min(1),
});

export interface PollingParts {
  readonly options: PollingOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

const EVERY_MS = 1_000;
const MOST_AT_ONCE = 10;
const MAX_BYTES = 64 * 1024;

/** A right source that fetches: once a second it looks for orders, and acknowledges each when it is stored. */
export class PollingSource implements Source {
  protected readonly parts: PollingParts;
  protected publisher: Publisher | undefined;
  protected connection: QueueConnection | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #cancel: () => void = () => {};

  constructor(parts: PollingParts) {
    this.parts = parts;
  }

  start(publisher: Publisher): void {
    this.publisher = publisher;
    this.connection = this.parts.options.queue.connect();
    this.#poll();
  }

  async stop(): Promise<void> {
    this.#cancel();
    await Promise.allSettled(this.#underWay);
    this.leave();
  }

  protected leave(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  protected async take(message: Message): Promise<void> {
    const order = orderOf(message.body);
    if (!order) return message.reject();
    try {
      const { id, marker } = order;
      await this.publisher?.publish("order.placed", { marker }, { id: `order-${id}` });
      message.ack();
    } catch (err) {
      this.parts.logger.warn({ err }, "An order was put off.");
      message.nack();
    }
  }

  #poll(): void {
    for (let free = MOST_AT_ONCE - this.#underWay.size; free > 0; free -= 1) {
      const message = this.connection?.get();
      if (!message) break;
      const taken = this.take(message).finally(() => this.#underWay.delete(taken));
      this.#underWay.add(taken);
    }
    this.#cancel = this.parts.clock.schedule(() => this.#poll(), EVERY_MS);
  }
}

function orderOf(body: string): { readonly id: string; readonly marker: string } | undefined {
  if (body.length > MAX_BYTES) return undefined;
  try {
    return z.object({ id: z.string().min(1), marker: z.string() }).parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

export const pollingDeps: { readonly clock: Token<Clock>; readonly logger: Token<Logger> } = {
  clock: CLOCK,
  logger: LOGGER,
};

const pollingSource: (options: PollingOptions) => SourcePlugin = defineSource({
  name: "polled-orders",
  options: pollingOptions,
  deps: pollingDeps,
  create: ({ options, deps }) => new PollingSource({ options, ...deps }),
});

/** What its author would hand to `sourceSuite`. */
export const pollingSubject: Omit<SourceSuiteOptions<OrderQueue>, "test"> = {
  create: ({ upstream, secret }, extra) => pollingSource({ queue: upstream, secret, ...extra }),
  upstream: queueUpstream,
  type: "order.placed",
};
