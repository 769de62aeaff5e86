import { BusError, type Sink } from "@bus/core";
import type { SinkSaboteur } from "../saboteur.ts";

const checkedBy = (check: (right: Sink, signal: AbortSignal) => Promise<void>): NonNullable<SinkSaboteur["sink"]> => {
  return (right) => ({ check: ({ signal }) => check(right, signal) });
};

/** Has the check pass where it should not. */
const unless = (isTaken: (error: unknown) => boolean): NonNullable<SinkSaboteur["sink"]> =>
  checkedBy(async (right, signal) => {
    try {
      await right.check?.({ signal });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  });

const says = (words: string) => (error: unknown) => error instanceof Error && error.message.includes(words);

export const checking: readonly SinkSaboteur[] = [
  {
    name: "checks by sending something",
    caughtBy: [
      "check() asks only by methods that change nothing",
      "check() resolves when its target is well, and changes nothing there",
    ],
    sink: (right, { http, options }) => {
      let underWay = 0;
      const deliver: Sink["deliver"] = async (batch, context) => {
        underWay += 1;
        try {
          return await right.deliver(batch, context);
        } finally {
          underWay -= 1;
        }
      };
      const check: Sink["check"] = async ({ signal }) => {
        await right.check?.({ signal });
        if (underWay > 0) return;
        const body = JSON.stringify({ items: [{ id: "check", marker: "check" }] });
        await http.request({ method: "POST", url: `${options.url}/items`, body, deadlineMs: 1_000, signal });
      };
      return { deliver, check };
    },
  },
  {
    name: "does not find it wrong that nobody listens",
    caughtBy: ["check() rejects when its target is down"],
    sink: unless((error) => BusError.is(error, "BUS_HTTP_FAILED")),
  },
  {
    name: "does not find a 401 wrong",
    caughtBy: ["check() rejects when its target refuses the credentials"],
    sink: unless(says("answered 401")),
  },
  {
    name: "does not find a 503 wrong",
    caughtBy: ["check() rejects when its target is out of order"],
    sink: unless(says("answered 503")),
  },
  {
    name: "says nothing of what it finds",
    caughtBy: [
      "check() rejects when its target is down",
      "check() rejects when its target is out of order",
      "check() rejects when its target refuses the credentials",
    ],
    sink: checkedBy((right, signal) =>
      Promise.resolve(right.check?.({ signal })).catch(() => Promise.reject(new Error())),
    ),
  },
  {
    name: "does not hear the signal of its check",
    caughtBy: [
      "check() leaves no listener behind on its signal",
      "check() rejects soon when its signal aborts and no answer comes",
      "keeps its secret out of what check() rejects with",
    ],
    sink: checkedBy(async (right) => right.check?.({ signal: new AbortController().signal })),
  },
  {
    name: "checks when nothing else is under way",
    caughtBy: ["check() resolves while a delivery waits for its answer"],
    sink: (right) => {
      let underWay: PromiseLike<unknown> = Promise.resolve();
      return {
        deliver: (batch, context) => {
          const outcomes = Promise.resolve(right.deliver(batch, context));
          underWay = outcomes;
          return outcomes;
        },
        check: async (context) => {
          await underWay;
          await right.check?.(context);
        },
      };
    },
  },
  {
    name: "checks by a request that may change something",
    caughtBy: ["check() asks only by methods that change nothing"],
    sink: (right, { http, options }) => ({
      check: async ({ signal }) => {
        await right.check?.({ signal });
        await http.request({ method: "PUT", url: `${options.url}/alive`, body: "{}", deadlineMs: 1_000, signal });
      },
    }),
  },
  {
    name: "leaves a listener behind on the signal of a check that failed",
    caughtBy: ["check() leaves no listener behind on its signal"],
    sink: checkedBy(async (right, signal) => {
      const hear = (): void => undefined;
      signal.addEventListener("abort", hear);
      await right.check?.({ signal });
      signal.removeEventListener("abort", hear);
    }),
  },
  {
    name: "leaves a listener behind on the signal of a check that was aborted",
    caughtBy: ["check() leaves no listener behind on its signal"],
    sink: checkedBy(async (right, signal) => {
      try {
        await right.check?.({ signal });
      } finally {
        if (signal.aborted) signal.addEventListener("abort", () => undefined);
      }
    }),
  },
];
