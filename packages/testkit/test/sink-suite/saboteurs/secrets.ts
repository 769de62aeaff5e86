import { BusError, rejected } from "@bus/core";
import { outcomeOfAnswer, Secrets, type HttpAnswer, type HttpTransport } from "@bus/http";
import { saying, statusOf } from "../altered.ts";
import { plainSubject, sendPlainly } from "../plain-sink.ts";
import { markerOf, trackerSubject } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What the reference sink declares and a plain one does not. */
const trackersUndone: SinkSaboteur["subject"] = { batch: 1, check: false, provide: [], outcomes: {} };

export const secrets: readonly SinkSaboteur[] = [
  {
    name: "logs the headers of a request that failed",
    caughtBy: ["keeps its secret out of the log"],
    sink: (right, { options, logger }) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        const headers = { authorization: `Basic ${base64(`user:${options.secret}`)}` };
        if (outcomes.some(({ kind }) => kind === "retry")) logger.debug({ headers }, "A request failed.");
        return outcomes;
      },
    }),
  },
  {
    name: "throws an error that has the request in its causes",
    caughtBy: [
      "has the right outcome for a connection lost in the middle of the answer",
      "has the right outcome for an answer that cannot be read",
      "has the right outcome for an answer that is far too large",
      "keeps its secret out of errors",
      // Where the bus tells of each error, too.
      "keeps its secret out of the log",
    ],
    sink: (right, { options }) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        const isUnread = outcomes.some((outcome) => outcome.kind === "retry" && outcome.info?.status === 200);
        const cause = Object.assign(new Error("It cannot be read."), { request: { ...options } });
        if (isUnread && batch.length === 1) throw new Error("The answer makes no sense.", { cause });
        return outcomes;
      },
    }),
  },
  {
    name: "keeps of an answer what it says",
    caughtBy: ["keeps its secret out of deliveries and dead letters"],
    subject: {
      ...trackersUndone,
      ...plainSubject(async (delivery, parts) => {
        let answer: HttpAnswer | undefined;
        const request: HttpTransport["request"] = async (given) => (answer = await parts.http.request(given));
        const outcome = await sendPlainly(delivery, { ...parts, http: { ...parts.http, request } });
        return answer ? outcomeOfAnswer(answer, parts.clock.now(), new Secrets([])) : outcome;
      }),
    },
  },
  {
    name: "shows its options in its api",
    caughtBy: ["keeps its secret out of what is seen of plugin, bus and api"],
    sink: (_, { options }) => ({ api: { settings: { ...options } } }),
  },
  {
    name: "says which options it was given when they are wrong",
    caughtBy: ["keeps its secret out of what it says of wrong options"],
    subject: {
      create: (given, extra) => {
        try {
          return trackerSubject.create(given, extra);
        } catch (cause) {
          const options = JSON.stringify({ ...given, ...extra });
          throw new BusError("BUS_OPTION_INVALID", ["The tracker", `${options} are no options of it`], { cause });
        }
      },
    },
  },
  {
    name: "says in its check with what it asked",
    caughtBy: ["keeps its secret out of what check() rejects with"],
    sink: (right, { options }) => ({
      check: async (context) => {
        try {
          await right.check?.(context);
        } catch (cause) {
          throw new Error(`The request with the key ${encodeURIComponent(options.secret)} failed.`, { cause });
        }
      },
    }),
  },
  {
    name: "says with what it asked when its check is aborted",
    caughtBy: ["keeps its secret out of what check() rejects with"],
    sink: (right, { options }) => ({
      check: async (context) => {
        try {
          await right.check?.(context);
        } catch (cause) {
          const { aborted } = context.signal;
          throw aborted ? new Error(`No answer came to the key ${options.secret}.`, { cause }) : cause;
        }
      },
    }),
  },
  {
    name: "says with what it asked when an item is refused within an answer that says success",
    caughtBy: ["keeps its secret out of deliveries and dead letters"],
    sink: saying((outcome, _, { options }) => {
      const isRefused = outcome.kind === "rejected" && outcome.reason === "The tracker refused the item.";
      return isRefused ? rejected(`The tracker refused the item to ${options.secret}.`) : outcome;
    }),
  },
  {
    name: "writes the headers of a request that failed to the console",
    caughtBy: ["keeps its secret out of the log"],
    sink: saying((outcome, _, { options }) => {
      if (statusOf(outcome) === 401) console.debug("%o", { headers: { authorization: options.secret } });
      return outcome;
    }),
  },
  {
    name: "writes its options to the standard error when its signal aborts",
    caughtBy: ["keeps its secret out of the log"],
    sink: (right, { options }) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        const isHanging = context.signal.aborted && markerOf(batch[0]!) === "item";
        if (isHanging) process.stderr.write(`${JSON.stringify(options)}\n`);
        return outcomes;
      },
    }),
  },
];
