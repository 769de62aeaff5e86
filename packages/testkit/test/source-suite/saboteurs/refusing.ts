import { OrderSource, type Order } from "../order-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

export const refusing: readonly SourceSaboteur[] = [
  {
    name: "serves whoever says nothing of who it is",
    caughtBy: ["refuses who does not say who it is"],
    called: (parts) => new Trusting(parts),
  },
  {
    name: "compares the beginnings of what should be equal",
    caughtBy: ["refuses who brings a wrong proof"],
    called: (parts) => new ByPrefix(parts),
  },
  {
    name: "takes nothing for a proof",
    caughtBy: ["refuses who brings a wrong proof"],
    called: (parts) => new TakesNothing(parts),
  },
  {
    name: "tells who is refused to try again",
    caughtBy: ["refuses who does not say who it is", "refuses who brings a wrong proof"],
    called: (parts) => new Polite(parts),
  },
  {
    name: "locks everybody out once somebody was refused",
    caughtBy: ["takes what is right from a caller that was refused before"],
    called: (parts) => new LocksOut(parts),
  },
  {
    name: "has what cannot be read come again",
    caughtBy: ["refuses what it cannot read", "refuses what says nothing"],
    called: (parts) => new NotNow(parts),
  },
  {
    name: "takes of an order what it finds in it",
    caughtBy: ["refuses what it cannot read"],
    called: (parts) => new FindsIt(parts),
  },
  {
    name: "stumbles over null",
    caughtBy: ["refuses what says nothing"],
    called: (parts) => new Stumbles(parts),
  },
  {
    name: "takes an empty list for as many orders as there are in it",
    caughtBy: ["refuses what says nothing"],
    called: (parts) => new TakesNone(parts),
  },
  {
    name: "is out of order once something could not be read",
    caughtBy: ["goes on after what it cannot read"],
    called: (parts) => new Upset(parts),
  },
  {
    name: "takes what is too large",
    caughtBy: ["refuses what is too large", "does not read all of what is too large"],
    called: (parts) => new Unbounded(parts),
  },
  {
    name: "reads all of what is too large before it refuses it",
    caughtBy: ["does not read all of what is too large"],
    called: (parts) => new ReadsAll(parts),
  },
  {
    name: "is out of order once something was too large",
    caughtBy: ["goes on after what is too large"],
    called: (parts) => new Choked(parts),
  },
];

class Trusting extends OrderSource {
  protected override isAuthorized(request: Request): boolean {
    return !request.headers.has("authorization") || super.isAuthorized(request);
  }
}

class ByPrefix extends OrderSource {
  protected override isAuthorized(request: Request): boolean {
    const given = request.headers.get("authorization") ?? "";
    return given.length > 10 && `Bearer ${this.parts.options.secret}`.startsWith(given);
  }
}

class TakesNothing extends OrderSource {
  protected override isAuthorized(request: Request): boolean {
    return request.headers.get("authorization") === "Bearer" || super.isAuthorized(request);
  }
}

class Polite extends OrderSource {
  protected override async serve(request: Request): Promise<Response> {
    return this.isAuthorized(request) ? super.serve(request) : new Response(null, { status: 503 });
  }
}

class LocksOut extends OrderSource {
  #isLocked = false;

  protected override isAuthorized(request: Request): boolean {
    this.#isLocked ||= !super.isAuthorized(request);
    return !this.#isLocked;
  }
}

class NotNow extends OrderSource {
  protected override parsed(text: string): Order | undefined {
    const order = super.parsed(text);
    if (!order) throw new Error("It cannot be read.");
    return order;
  }
}

class FindsIt extends OrderSource {
  protected override parsed(text: string): Order | undefined {
    const [, id, marker] = /"id":"(.+)","marker":"(.+)"/.exec(text) ?? [];
    return id && marker ? { id, marker } : super.parsed(text);
  }
}

class Stumbles extends OrderSource {
  protected override parsed(text: string): Order | undefined {
    if (text === "null") throw new TypeError("Cannot read properties of null");
    return super.parsed(text);
  }
}

class TakesNone extends OrderSource {
  protected override parsed(text: string): Order | undefined {
    return text === "[]" ? { id: "", marker: "" } : super.parsed(text);
  }

  protected override async publish(order: Order): Promise<void> {
    if (order.id !== "") await super.publish(order);
  }
}

class Upset extends OrderSource {
  #isUpset = false;

  protected override async publish(order: Order): Promise<void> {
    if (this.#isUpset) throw new Error("Something could not be read.");
    await super.publish(order);
  }

  protected override parsed(text: string): Order | undefined {
    const order = super.parsed(text);
    this.#isUpset ||= order === undefined;
    return order;
  }
}

class Unbounded extends OrderSource {
  protected override read(request: Request): Promise<string> {
    return request.text();
  }
}

class ReadsAll extends OrderSource {
  protected override async read(request: Request): Promise<string | undefined> {
    const text = await request.text();
    return text.length > 64 * 1024 ? undefined : text;
  }
}

class Choked extends OrderSource {
  #isChoked = false;

  protected override get isOpen(): boolean {
    return !this.#isChoked && super.isOpen;
  }

  protected override async read(request: Request): Promise<string | undefined> {
    const text = await super.read(request);
    this.#isChoked ||= text === undefined;
    return text;
  }
}
