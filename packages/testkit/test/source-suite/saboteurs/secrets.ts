import { BusError } from "@bus/core";
import { OrderSource, orderSource, type Order } from "../order-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

export const secrets: readonly SourceSaboteur[] = [
  {
    name: "logs the headers of what failed",
    caughtBy: ["keeps its secret out of the log"],
    called: (parts) => new LogsHeaders(parts),
  },
  {
    name: "writes the headers of what failed to the console",
    caughtBy: ["keeps its secret out of the log"],
    called: (parts) => new Debugged(parts),
  },
  {
    name: "shows its options in the error about one of them",
    caughtBy: ["keeps its secret out of the errors of its options"],
    subject: {
      create: ({ secret }, extra) => {
        const options = { secret, ...extra };
        try {
          return orderSource(options);
        } catch (cause) {
          throw new BusError("BUS_OPTION_INVALID", ["The options of orders", JSON.stringify(options)], { cause });
        }
      },
    },
  },
  {
    name: "says which proof it wanted",
    caughtBy: ["keeps its secret out of its answers"],
    called: (parts) => new Helpful(parts),
  },
  {
    name: "says in a header which proof it wanted",
    caughtBy: ["keeps its secret out of its answers"],
    called: (parts) => new Challenging(parts),
  },
  {
    name: "publishes the headers of a request with it",
    caughtBy: ["keeps its secret out of the store"],
    called: (parts) => new Thorough(parts),
  },
  {
    name: "keeps a token of who called last, in base64",
    caughtBy: ["keeps its secret out of the store"],
    called: (parts) => new Remembering(parts),
  },
  {
    name: "has its options in its api",
    caughtBy: ["keeps its secret out of what is printed"],
    called: (parts) => new Open(parts),
  },
  {
    name: "has its options where a plugin has them, to be seen by all",
    caughtBy: ["keeps its secret out of what is printed"],
    plugin: (plugin) => Object.freeze({ ...plugin, options: plugin.options }),
  },
];

class LogsHeaders extends OrderSource {
  protected override async serve(request: Request): Promise<Response> {
    const response = await super.serve(request);
    if (!response.ok) this.parts.logger.info({ headers: [...request.headers] }, "An order was not taken.");
    return response;
  }
}

class Debugged extends OrderSource {
  protected override failed(error: unknown, order: Order): Response {
    console.debug("%o", { authorization: this.parts.options.secret });
    return super.failed(error, order);
  }
}

class Helpful extends OrderSource {
  protected override async serve(request: Request): Promise<Response> {
    const { status } = await super.serve(request);
    const wanted = status === 401 ? `Wanted: Bearer ${this.parts.options.secret}` : null;
    return new Response(wanted, { status });
  }
}

class Challenging extends OrderSource {
  protected override async serve(request: Request): Promise<Response> {
    const { status } = await super.serve(request);
    const challenge = status === 401 ? { "www-authenticate": `Bearer ${this.parts.options.secret}` } : {};
    return new Response(null, { status, headers: challenge });
  }
}

class Thorough extends OrderSource {
  #headers: Readonly<Record<string, string>> = {};

  protected override serve(request: Request): Promise<Response> {
    this.#headers = Object.fromEntries(request.headers);
    return super.serve(request);
  }

  protected override async publish({ id, marker }: Order): Promise<void> {
    await this.publisher?.publish("order.placed", { marker, headers: this.#headers }, { id: `order-${id}` });
  }
}

class Remembering extends OrderSource {
  protected override async publish(order: Order): Promise<void> {
    await super.publish(order);
    const caller = Buffer.from(`orders:${this.parts.options.secret}`).toString("base64");
    await this.parts.state.set("caller", caller);
  }
}

class Open extends OrderSource {
  override readonly api: OrderSource["api"];

  constructor(parts: ConstructorParameters<typeof OrderSource>[0]) {
    super(parts);
    this.api = Object.assign({ fetch: (request: Request) => this.answer(request) }, { options: parts.options });
  }
}
