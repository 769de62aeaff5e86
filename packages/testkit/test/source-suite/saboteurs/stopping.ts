import { OrderSource, type Order } from "../order-source.ts";
import { PollingSource } from "../polling-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

export const stopping: readonly SourceSaboteur[] = [
  {
    name: "goes on taking orders while it stops",
    caughtBy: ["takes nothing once it is to stop"],
    called: (parts) => new OpenToTheEnd(parts),
  },
  {
    name: "refuses for good what comes while it stops",
    caughtBy: ["takes nothing once it is to stop"],
    called: (parts) => new Gone(parts),
  },
  {
    name: "does not answer what it has published while it stops",
    caughtBy: ["answers what is under way before it has stopped"],
    called: (parts) => new Mute(parts),
  },
  {
    name: "calls taken what fails while it stops",
    caughtBy: ["calls nothing taken that was not stored as it stopped"],
    called: (parts) => new LastMinute(parts),
  },
  {
    name: "waits for nothing when it stops",
    caughtBy: ["stores nothing after it has stopped"],
    called: (parts) => new Hasty(parts),
  },
  {
    name: "takes for stored what hangs when it stops",
    caughtBy: ["calls nothing taken that hangs in the store as it stops"],
    called: (parts) => new GivesUp(parts),
  },
  {
    name: "fails when it is stopped a second time",
    caughtBy: ["can be stopped a second time"],
    called: (parts) => new StopsOnce(parts),
  },
  {
    name: "fails to stop when it was offered nothing",
    caughtBy: ["stops while nothing has been offered"],
    called: (parts) => new Idle(parts),
  },
  {
    name: "acknowledges what waits in its queue when it stops",
    caughtBy: ["takes nothing once it is to stop", "leaves to the next bus what came as it stopped"],
    polling: (parts) => new Drains(parts),
  },
];

class OpenToTheEnd extends OrderSource {
  protected override get isOpen(): boolean {
    return this.publisher !== undefined;
  }
}

class Gone extends OrderSource {
  protected override async serve(request: Request): Promise<Response> {
    if (this.publisher && !this.isOpen) return new Response(null, { status: 410 });
    return super.serve(request);
  }
}

class Mute extends OrderSource {
  readonly #published = new Set<Promise<void>>();

  protected override async publish(order: Order): Promise<void> {
    const published = super.publish(order);
    this.#published.add(published);
    await published.finally(() => this.#published.delete(published));
    if (!this.isOpen) await new Promise(() => {});
  }

  override async stop(): Promise<void> {
    await Promise.allSettled(this.#published);
  }
}

class LastMinute extends OrderSource {
  protected override failed(error: unknown, order: Order): Response {
    return this.isOpen ? super.failed(error, order) : new Response(null, { status: 204 });
  }
}

class Hasty extends OrderSource {
  override async stop(): Promise<void> {}
}

class GivesUp extends OrderSource {
  #whenStopped: PromiseWithResolvers<void> = Promise.withResolvers();

  protected override async publish(order: Order): Promise<void> {
    await Promise.race([super.publish(order), this.#whenStopped.promise]);
  }

  override async stop(): Promise<void> {
    const cancel = this.parts.clock.schedule(() => this.#whenStopped.resolve(), 500);
    await super.stop();
    cancel();
  }
}

class StopsOnce extends OrderSource {
  #isStopped = false;

  override async stop(): Promise<void> {
    if (this.#isStopped) throw new Error("It has been stopped.");
    this.#isStopped = true;
    await super.stop();
  }
}

class Idle extends OrderSource {
  #wasOffered = false;

  protected override serve(request: Request): Promise<Response> {
    this.#wasOffered = true;
    return super.serve(request);
  }

  override async stop(): Promise<void> {
    if (!this.#wasOffered) throw new Error("There was nothing.");
    await super.stop();
  }
}

/** Of a queue it takes the rest, to have it empty. */
class Drains extends PollingSource {
  protected override leave(): void {
    for (let message = this.connection?.get(); message; message = this.connection?.get()) message.ack();
    super.leave();
  }
}
