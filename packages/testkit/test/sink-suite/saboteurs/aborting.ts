import { setImmediate as nextTurn } from "node:timers/promises";
import { once } from "node:events";
import { retry, type Delivery } from "@bus/core";
import { delivering, sending } from "../altered.ts";
import { markerOf } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";
import { requestUntilAnswered } from "../unheeding-request.ts";

const never = new AbortController().signal;

const isOneOfTwo = ([delivery]: readonly Delivery[]): boolean => ["first", "second"].includes(markerOf(delivery!));

export const aborting: readonly SinkSaboteur[] = [
  {
    name: "sends what it is handed with a signal that has aborted",
    caughtBy: ["sends nothing when its signal has aborted before"],
    sink: delivering((batch, signal, right) => right.deliver(batch, { signal: signal.aborted ? never : signal })),
  },
  {
    name: "calls delivered what it did not send because its signal had aborted",
    caughtBy: ["sends nothing when its signal has aborted before"],
    sink: delivering((batch, signal, right) =>
      signal.aborted ? batch.map(() => ({ kind: "delivered" })) : right.deliver(batch, { signal }),
    ),
  },
  {
    name: "listens to its signal too late",
    caughtBy: ["ends soon when its signal aborts as it begins"],
    sink: delivering(async (batch, signal, right) => {
      signal.throwIfAborted();
      const own = new AbortController();
      const abort = (): void => own.abort(signal.reason);
      await nextTurn();
      signal.addEventListener("abort", abort);
      try {
        return await right.deliver(batch, { signal: own.signal });
      } finally {
        signal.removeEventListener("abort", abort);
      }
    }),
  },
  {
    name: "does not hear its signal",
    caughtBy: [
      "closes the connection over which it waited when its signal aborts",
      "ends soon when its signal aborts and no answer comes",
      "ends soon when its signal aborts and no answer comes to a full batch",
      "ends soon when its signal aborts as it begins",
      "ends soon when its signal aborts in the middle of an answer",
      "ends soon when the signals of two calls abort",
      "ends only the call whose signal aborts",
      "has the right outcome for an answer that does not come",
      "has the right outcome for an answer that does not end",
      "keeps its secret out of deliveries and dead letters",
      "keeps its secret out of errors",
      "keeps its secret out of the log",
      "sends nothing after its signal has aborted",
      "sends nothing when its signal has aborted before",
    ],
    sink: delivering((batch, _, right) => right.deliver(batch, { signal: never })),
  },
  {
    name: "does not hear its signal while it sends a full batch",
    caughtBy: ["ends soon when its signal aborts and no answer comes to a full batch"],
    sink: delivering((batch, signal, right) => {
      const isFull = batch.length === right.batch?.maxItems;
      return right.deliver(batch, { signal: isFull && !signal.aborted ? never : signal });
    }),
  },
  {
    name: "calls delivered what it does not know the end of",
    caughtBy: ["ends soon when its signal aborts and no answer comes"],
    sink: delivering(async (batch, signal, right) => {
      const outcomes = await right.deliver(batch, { signal });
      const isCutShort = signal.aborted && markerOf(batch[0]!) === "hanging";
      return isCutShort ? batch.map(() => ({ kind: "delivered" })) : outcomes;
    }),
  },
  {
    name: "does not hear its signal once an answer has begun",
    caughtBy: [
      "ends soon when its signal aborts in the middle of an answer",
      "has the right outcome for an answer that does not end",
    ],
    http: sending((request) => requestUntilAnswered(request)),
  },
  {
    name: "leaves its request open when its signal aborts",
    caughtBy: ["closes the connection over which it waited when its signal aborts"],
    sink: delivering(async (batch, signal, right) => {
      if (signal.aborted) return right.deliver(batch, { signal });
      const ended = new AbortController();
      const tooLate = once(signal, "abort", { signal: ended.signal }).then(() =>
        batch.map(() => retry("It took too long.")),
      );
      tooLate.catch(() => undefined);
      try {
        return await Promise.race([right.deliver(batch, { signal: never }), tooLate]);
      } finally {
        ended.abort();
      }
    }),
  },
  {
    name: "sends again what was aborted",
    caughtBy: ["sends nothing after its signal has aborted"],
    sink: (right, { clock }) => ({
      deliver: async (batch, { signal }) => {
        const outcomes = await right.deliver(batch, { signal });
        const isAlone = batch.length === 1 && markerOf(batch[0]!) === "late";
        if (signal.aborted && isAlone) clock.schedule(() => void right.deliver(batch, { signal: never }), 60_000);
        return outcomes;
      },
    }),
  },
  {
    name: "ends all that is under way when one of its signals aborts",
    caughtBy: ["ends only the call whose signal aborts"],
    sink: (right) => {
      const all = new AbortController();
      return {
        deliver: (batch, { signal }) => {
          if (!isOneOfTwo(batch)) return right.deliver(batch, { signal });
          signal.addEventListener("abort", () => all.abort(), { once: true });
          return right.deliver(batch, { signal: all.signal });
        },
      };
    },
  },
  {
    name: "hears only the signal of its first call while that is under way",
    caughtBy: ["ends soon when the signals of two calls abort"],
    sink: (right) => {
      let calls = 0;
      return {
        deliver: async (batch, { signal }) => {
          calls += 1;
          try {
            const isHeard = calls === 1 || !isOneOfTwo(batch);
            return await right.deliver(batch, { signal: isHeard ? signal : never });
          } finally {
            calls -= 1;
          }
        },
      };
    },
  },
];
