import type { Publisher } from "@bus/core";
import { anySchema } from "../../../src/suite/any-schema.ts";
import { OrderSource, type Order, type OrderParts } from "../order-source.ts";
import { madeOf, type SourceSaboteur } from "../saboteur.ts";

type Context = { readonly signal: AbortSignal };

export const starting: readonly SourceSaboteur[] = [
  {
    name: "publishes events of another type",
    caughtBy: ["publishes what it is offered"],
    called: (parts) => new OtherType(parts),
    subject: { events: { "order.placed": anySchema, "order.other": anySchema } },
  },
  {
    name: "takes orders before it is started",
    caughtBy: ["takes nothing before it is started"],
    called: (parts) => new AlwaysOpen(parts),
  },
  {
    name: "takes orders while it starts, and forgets them",
    caughtBy: ["keeps what it takes while it starts"],
    called: (parts) => new SlowStarter(parts),
  },
  {
    name: "does not get ready once orders come",
    caughtBy: ["keeps what it takes while it starts"],
    called: (parts) => new Distracted(parts),
  },
  {
    name: "takes nothing in the second after its first order",
    caughtBy: ["takes what the sinks are too slow for"],
    called: (parts) => new Breathless(parts),
  },
  {
    name: "works in one bus only",
    caughtBy: ["works in one bus after the other", "knows nothing that its store does not know"],
    plugin: (plugin) => {
      const shared = { isSpent: false };
      return madeOf(plugin, (parts) => new Spent(parts, shared));
    },
  },
  {
    name: "publishes to the bus that was started last",
    caughtBy: ["works in two buses at once"],
    plugin: (plugin) => {
      const shared: { publisher?: Publisher } = {};
      return madeOf(plugin, (parts) => new Shared(parts, shared));
    },
  },
];

class OtherType extends OrderSource {
  protected override async publish({ id, marker }: Order): Promise<void> {
    await this.publisher?.publish("order.other", { marker }, { id: `order-${id}` });
  }
}

class AlwaysOpen extends OrderSource {
  protected override get isOpen(): boolean {
    return this.publisher === undefined || super.isOpen;
  }
}

class SlowStarter extends OrderSource {
  #isStarting = false;

  override async start(publisher: Publisher, context: Context): Promise<void> {
    this.#isStarting = true;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#isStarting = false;
    await super.start(publisher, context);
  }

  protected override get isOpen(): boolean {
    return this.#isStarting || super.isOpen;
  }

  protected override async publish(order: Order): Promise<void> {
    if (!this.#isStarting) await super.publish(order);
  }
}

class Distracted extends OrderSource {
  #hasCome = false;

  override async start(publisher: Publisher, context: Context): Promise<void> {
    this.#hasCome = false;
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#hasCome) await new Promise(() => {});
    await super.start(publisher, context);
  }

  protected override serve(request: Request): Promise<Response> {
    this.#hasCome = true;
    return super.serve(request);
  }
}

class Breathless extends OrderSource {
  #firstAt: number | undefined;

  protected override async publish(order: Order): Promise<void> {
    const now = this.parts.clock.now();
    if (this.#firstAt !== undefined && now < this.#firstAt + 1_000) throw new Error("One at a time.");
    await super.publish(order);
    this.#firstAt ??= now;
  }
}

class Spent extends OrderSource {
  readonly #shared: { isSpent: boolean };

  constructor(parts: OrderParts, shared: { isSpent: boolean }) {
    super(parts);
    this.#shared = shared;
  }

  override async start(publisher: Publisher, context: Context): Promise<void> {
    if (this.#shared.isSpent) throw new Error("It was stopped.");
    await super.start(publisher, context);
  }

  override async stop(): Promise<void> {
    this.#shared.isSpent = true;
    await super.stop();
  }
}

class Shared extends OrderSource {
  readonly #shared: { publisher?: Publisher };

  constructor(parts: OrderParts, shared: { publisher?: Publisher }) {
    super(parts);
    this.#shared = shared;
  }

  override async start(publisher: Publisher, context: Context): Promise<void> {
    this.#shared.publisher = publisher;
    await super.start(publisher, context);
  }

  protected override async publish(order: Order): Promise<void> {
    if (this.#shared.publisher) this.publisher = this.#shared.publisher;
    await super.publish(order);
  }
}
