import type { Publisher } from "@bus/core";
import { OrderSource, type Order } from "../order-source.ts";
import type { SourceSaboteur } from "../saboteur.ts";

/** Longer than any test waits for what is left to go; then it goes, so that the process may end. */
const LEFT_MS = 8_000;

type Context = { readonly signal: AbortSignal };

export const leftovers: readonly SourceSaboteur[] = [
  {
    name: "leaves a timer of its own behind",
    caughtBy: ["leaves nothing behind that keeps the process alive"],
    called: (parts) => new LeavesTimer(parts),
  },
  {
    name: "leaves a timer on the bus's clock behind",
    caughtBy: ["leaves no timer behind on the bus's clock"],
    called: (parts) => new LeavesClockTimer(parts),
  },
  {
    name: "leaves a listener behind on the end of the process",
    caughtBy: ["leaves no listener behind on the process"],
    called: (parts) => new LeavesProcessListener(parts),
  },
  {
    name: "leaves a listener behind on its signal for each order",
    caughtBy: ["leaves no listener behind on its signal for what it has answered"],
    called: (parts) => new LeavesSignalListeners(parts),
  },
  {
    name: "lets a promise fail that nobody waits for",
    caughtBy: ["leaves no rejection behind that nobody handles"],
    called: (parts) => new LeavesRejection(parts),
  },
];

class LeavesTimer extends OrderSource {
  override start(publisher: Publisher, context: Context): Promise<void> | void {
    setTimeout(() => undefined, LEFT_MS);
    return super.start(publisher, context);
  }
}

class LeavesClockTimer extends OrderSource {
  override start(publisher: Publisher, context: Context): Promise<void> | void {
    this.parts.clock.schedule(() => undefined, 365 * 24 * 60 * 60 * 1000);
    return super.start(publisher, context);
  }
}

class LeavesProcessListener extends OrderSource {
  override start(publisher: Publisher, context: Context): Promise<void> | void {
    const atEnd = (): undefined => undefined;
    process.on("beforeExit", atEnd);
    setTimeout(() => process.off("beforeExit", atEnd), LEFT_MS).unref();
    return super.start(publisher, context);
  }
}

class LeavesSignalListeners extends OrderSource {
  #signal: AbortSignal | undefined;

  override start(publisher: Publisher, context: Context): Promise<void> | void {
    this.#signal = context.signal;
    return super.start(publisher, context);
  }

  protected override publish(order: Order): Promise<void> {
    this.#signal?.addEventListener("abort", () => undefined);
    return super.publish(order);
  }
}

class LeavesRejection extends OrderSource {
  protected override failed(cause: unknown, order: Order): Response {
    void Promise.reject(cause);
    return super.failed(cause, order);
  }
}
