import { createHash, randomUUID } from "node:crypto";
import { OrderSource, type Order, type OrderParts } from "../order-source.ts";
import { madeOf, type SourceSaboteur } from "../saboteur.ts";

export const repeating: readonly SourceSaboteur[] = [
  {
    name: "gives each event an id of its own",
    caughtBy: [
      "stores once what is offered again",
      "stores once what is offered twice at the same time",
      "stores once what is offered again to the next bus",
      "stores once what was stored as it was killed",
    ],
    called: (parts) => new NewIds(parts),
  },
  {
    name: "stores an order again that is not the first of its id",
    caughtBy: ["stores once what is offered again"],
    called: (parts) => new SecondId(parts),
  },
  {
    name: "remembers what it has published for as long as it lives",
    caughtBy: ["stores once what is offered again to the next bus", "stores once what was stored as it was killed"],
    called: (parts) => new RemembersItself(parts),
  },
  {
    name: "stores an order twice that comes twice at once",
    caughtBy: ["stores once what is offered twice at the same time"],
    called: (parts) => new Racing(parts),
  },
  {
    name: "notes what it has published afterwards, and publishes under new ids",
    caughtBy: ["stores once what is offered twice at the same time", "stores once what was stored as it was killed"],
    called: (parts) => new NotesAfterwards(parts),
  },
  {
    name: "remembers what it has published, whatever the store",
    caughtBy: ["knows nothing that its store does not know"],
    plugin: (plugin) => {
      const published = new Set<string>();
      return madeOf(plugin, (parts) => new KnowsForEver(parts, published));
    },
  },
  {
    name: "takes orders of the same content for one",
    caughtBy: ["tells apart what differs in its id alone"],
    called: (parts) => new ByContent(parts),
  },
  {
    name: "holds a claim that nobody frees when it is killed",
    caughtBy: ["takes again what it was killed over", "stores once what was stored as it was killed"],
    called: (parts) => new Claims(parts),
  },
];

class NewIds extends OrderSource {
  protected override publish(order: Order): Promise<void> {
    return super.publish({ ...order, id: randomUUID() });
  }
}

/** Right across a kill and a restart, but for an order that it has answered itself. */
class SecondId extends OrderSource {
  readonly #answered = new Set<string>();

  protected override async publish(order: Order): Promise<void> {
    await super.publish(this.#answered.has(order.id) ? { ...order, id: randomUUID() } : order);
    this.#answered.add(order.id);
  }
}

class RemembersItself extends OrderSource {
  readonly #published = new Map<string, Promise<void>>();

  protected override async publish(order: Order): Promise<void> {
    const published = this.#published.get(order.id) ?? super.publish({ ...order, id: randomUUID() });
    this.#published.set(order.id, published);
    await published.catch((error: unknown) => {
      this.#published.delete(order.id);
      throw error;
    });
  }
}

class Racing extends OrderSource {
  readonly #underWay = new Set<string>();

  protected override async publish(order: Order): Promise<void> {
    const id = this.#underWay.has(order.id) ? randomUUID() : order.id;
    this.#underWay.add(order.id);
    await super.publish({ ...order, id }).finally(() => this.#underWay.delete(order.id));
  }
}

class NotesAfterwards extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    const { state } = this.parts;
    if ((await state.get(order.id)) === true) return;
    await super.publish({ ...order, id: randomUUID() });
    await state.set(order.id, true);
  }
}

/** As with a memory of the module's. */
class KnowsForEver extends OrderSource {
  readonly #published: Set<string>;

  constructor(parts: OrderParts, published: Set<string>) {
    super(parts);
    this.#published = published;
  }

  protected override async publish(order: Order): Promise<void> {
    if (this.#published.has(order.id)) return;
    await super.publish(order);
    this.#published.add(order.id);
  }
}

class ByContent extends OrderSource {
  protected override publish(order: Order): Promise<void> {
    return super.publish({ ...order, id: createHash("sha256").update(order.marker).digest("hex") });
  }
}

class Claims extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    const { state } = this.parts;
    const claim = { key: `claim:${order.id}`, value: true, expected: undefined };
    if (!(await state.change([claim]))) throw new Error("Somebody is at it.");
    await super.publish(order).finally(() => state.delete(claim.key));
  }
}
