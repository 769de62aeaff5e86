import { BusError } from "@bus/core";
import type { Message } from "../order-queue.ts";
import { OrderSource, type Order } from "../order-source.ts";
import { PollingSource } from "../polling-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

export const storing: readonly SourceSaboteur[] = [
  {
    name: "answers before the store has the order",
    caughtBy: [
      "answers that it has taken something once the store has it, and not before",
      "leaves to the upstream what the store did not append",
      "leaves to the upstream what came while the store, its state included, was out of order",
      "says that it is full when the backlog is",
      "takes nothing that the schema of the host refuses",
      "calls nothing taken that was not stored as it stopped",
      "stores nothing after it has stopped",
      "calls nothing taken that hangs in the store as it stops",
    ],
    called: (parts) => new Forgetful(parts),
  },
  {
    name: "acknowledges what it fetches before the store has it",
    caughtBy: [
      "answers that it has taken something once the store has it, and not before",
      "leaves to the upstream what the store did not append",
      "leaves to the upstream what came while the store, its state included, was out of order",
      "says that it is full when the backlog is",
      "takes nothing that the schema of the host refuses",
      "refuses what it cannot read",
      "refuses what says nothing",
      "refuses what is too large",
      "calls nothing taken that was not stored as it stopped",
      "calls nothing taken that hangs in the store as it stops",
    ],
    polling: (parts) => new AcknowledgesFirst(parts),
  },
  {
    name: "takes an order for stored after half a minute",
    caughtBy: ["answers that it has taken something once the store has it, and not before"],
    called: (parts) => new Impatient(parts),
  },
  {
    name: "refuses for good what the store failed to take",
    caughtBy: [
      "leaves to the upstream what the store did not append",
      "leaves to the upstream what came while the store, its state included, was out of order",
      "calls nothing taken that was not stored as it stopped",
    ],
    called: (parts) => new Final(parts),
  },
  {
    name: "knows what failed as if it were published",
    caughtBy: [
      "takes what failed once the store is well, and what comes after it",
      "leaves to the upstream what came while the store, its state included, was out of order",
      "takes more once there is room",
    ],
    called: (parts) => new KnowsAll(parts),
  },
  {
    name: "takes an order for known when its state cannot be read",
    caughtBy: ["leaves to the upstream what came while the store, its state included, was out of order"],
    called: (parts) => new BestEffort(parts),
  },
  {
    name: "answers a full backlog like a fault of its own",
    caughtBy: ["says that it is full when the backlog is"],
    called: (parts) => new Blunt(parts),
  },
  {
    name: "once full, takes nothing more",
    caughtBy: ["takes more once there is room"],
    called: (parts) => new FullForEver(parts),
  },
  {
    name: "takes what the host's schema refuses, and throws it away",
    caughtBy: ["takes nothing that the schema of the host refuses"],
    called: (parts) => new Careless(parts),
  },
  {
    name: "reads each piece of a text by itself",
    caughtBy: ["publishes any text as it is"],
    called: (parts) => new Piecemeal(parts),
  },
  {
    name: "replaces letters that it does not know",
    caughtBy: ["publishes any text as it is"],
    called: (parts) => new Ascii(parts),
  },
  {
    name: "mixes up orders that come at once",
    caughtBy: ["publishes each of many that are offered at once"],
    called: (parts) => new MixesUp(parts),
  },
];

class Forgetful extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    super.publish(order).catch(() => undefined);
  }
}

class AcknowledgesFirst extends PollingSource {
  protected override async take(message: Message): Promise<void> {
    // The first word counts.
    message.ack();
    await super.take(message);
  }
}

class Impatient extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    const { promise: timeUp, resolve } = Promise.withResolvers<void>();
    const cancel = this.parts.clock.schedule(resolve, 30_000);
    try {
      await Promise.race([super.publish(order), timeUp]);
    } finally {
      cancel();
    }
  }
}

class Final extends OrderSource {
  protected override failed(error: unknown, order: Order): Response {
    return BusError.is(error, "BUS_STORE_FAILED") ? new Response(null, { status: 400 }) : super.failed(error, order);
  }
}

class KnowsAll extends OrderSource {
  readonly #known = new Set<string>();

  protected override async publish(order: Order): Promise<void> {
    if (this.#known.has(order.id)) return;
    this.#known.add(order.id);
    await super.publish(order);
  }
}

class BestEffort extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    const isKnown = await this.parts.state.get(order.id).catch(() => true);
    if (isKnown !== true) await super.publish(order);
  }
}

class Blunt extends OrderSource {
  protected override failed(error: unknown, order: Order): Response {
    return BusError.is(error, "BUS_BACKLOG_FULL") ? new Response(null, { status: 500 }) : super.failed(error, order);
  }
}

class FullForEver extends OrderSource {
  #isFull = false;

  protected override async publish(order: Order): Promise<void> {
    if (this.#isFull) throw new BusError("BUS_BACKLOG_FULL", [0]);
    await super.publish(order);
  }

  protected override failed(error: unknown, order: Order): Response {
    this.#isFull ||= BusError.is(error, "BUS_BACKLOG_FULL");
    return super.failed(error, order);
  }
}

class Careless extends OrderSource {
  protected override failed(error: unknown, order: Order): Response {
    return BusError.is(error, "BUS_EVENT_INVALID") ? new Response(null, { status: 204 }) : super.failed(error, order);
  }
}

class Piecemeal extends OrderSource {
  protected override async read({ body }: Request): Promise<string | undefined> {
    let text = "";
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.length > 64 * 1024) return undefined;
    }
    return text;
  }
}

class Ascii extends OrderSource {
  protected override publish(order: Order): Promise<void> {
    return super.publish({ ...order, marker: order.marker.replaceAll(/[^ -~]/g, "?") });
  }
}

class MixesUp extends OrderSource {
  #current: Order | undefined;

  protected override async publish(order: Order): Promise<void> {
    this.#current = order;
    await Promise.resolve();
    await super.publish(this.#current);
  }
}
