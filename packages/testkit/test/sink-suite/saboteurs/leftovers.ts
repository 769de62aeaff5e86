import type { SinkSaboteur } from "../saboteur.ts";

/**
 * Longer than the whole suite takes: what an earlier test has left must not go while a later one counts what is left. Then it goes, so that the process
 * may end.
 */
const LEFT_MS = 60_000;

export const leftovers: readonly SinkSaboteur[] = [
  {
    name: "leaves a timer of its own behind",
    caughtBy: ["leaves nothing behind that keeps the process alive"],
    sink: () => ({ start: () => void setTimeout(() => undefined, LEFT_MS) }),
  },
  {
    name: "leaves a timer of its own behind when a delivery is cut short",
    caughtBy: ["leaves nothing behind that keeps the process alive"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        if (context.signal.aborted) setTimeout(() => undefined, LEFT_MS);
        return outcomes;
      },
    }),
  },
  {
    name: "looks around every second, and goes on with that after its stop",
    caughtBy: ["leaves no interval behind that runs on, even if it keeps nothing alive"],
    sink: () => ({
      start: () => {
        const lookingAround = setInterval(() => undefined, 1_000).unref();
        setTimeout(() => clearInterval(lookingAround), LEFT_MS).unref();
      },
    }),
  },
  {
    name: "leaves a timer on the bus's clock behind",
    caughtBy: ["leaves no timer behind on the bus's clock"],
    sink: (right, { clock }) => ({
      deliver: (batch, context) => {
        clock.schedule(() => undefined, 365 * 24 * 60 * 60 * 1000);
        return right.deliver(batch, context);
      },
    }),
  },
  {
    name: "leaves a listener behind on the signal of each delivery",
    caughtBy: ["leaves no listener behind on the signals that it gets"],
    sink: (right) => ({
      deliver: (batch, context) => {
        context.signal.addEventListener("abort", () => undefined);
        return right.deliver(batch, context);
      },
    }),
  },
  {
    name: "leaves a listener behind on the end of the process",
    caughtBy: ["leaves no listener behind on the process"],
    sink: () => ({
      start: () => {
        const atEnd = (): undefined => undefined;
        process.on("beforeExit", atEnd);
        setTimeout(() => process.off("beforeExit", atEnd), LEFT_MS).unref();
      },
    }),
  },
  {
    name: "lets a promise fail that nobody waits for",
    caughtBy: ["leaves no rejection behind that nobody handles"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        if (context.signal.aborted) void Promise.reject(new Error("Nobody waits for this."));
        return outcomes;
      },
    }),
  },
];
