import { pause, rejected, retry, skipped, type Outcome } from "@bus/core";
import type { HttpAnswer } from "@bus/http";
import type { FaultOutcomes } from "../../../src/index.ts";
import { asTaken, saying, sending, statusOf } from "../altered.ts";
import { markerOf, trackerSubject, type TrackerParts } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

const LARGE_ANSWER_BYTES = 1_000;
const IMPATIENT_MS = 100;

const isSeconds = ({ headers }: HttpAnswer): boolean => /^\d+$/.test(headers["retry-after"] ?? "");
const reasonOf = (outcome: Outcome): string => ("reason" in outcome ? outcome.reason : "");
const isLarge = ({ isTruncated, body }: HttpAnswer): boolean => isTruncated && body.length > LARGE_ANSWER_BYTES;
const declaring = (row: keyof FaultOutcomes, kind: Outcome["kind"]): Partial<FaultOutcomes> => ({
  ...trackerSubject.outcomes,
  [row]: kind,
});

/** Where an answer is slow: others wait for company, or for what hangs. */
const givingUp = (impatience: (parts: TrackerParts) => AbortSignal): NonNullable<SinkSaboteur["sink"]> => {
  return (right, parts) => ({
    deliver: (batch, { signal }) => {
      const isSlow = markerOf(batch[0]!) === "slow";
      return right.deliver(batch, { signal: isSlow ? AbortSignal.any([signal, impatience(parts)]) : signal });
    },
  });
};

const triesAgain = (status: number): SinkSaboteur => ({
  name: `tries again what was refused by a ${status}`,
  caughtBy: [`has the right outcome for a ${status}`],
  sink: saying((outcome) => (statusOf(outcome) === status ? retry("It may help.") : outcome)),
});
const givesUp = (status: number): SinkSaboteur => ({
  name: `gives up at a ${status}`,
  caughtBy: [`has the right outcome for a ${status}`],
  sink: saying((outcome) => (statusOf(outcome) === status ? rejected("It will not help.") : outcome)),
});

export const answers: readonly SinkSaboteur[] = [
  {
    name: "calls something skipped that it has sent",
    caughtBy: ["calls delivered what took effect"],
    sink: saying((outcome, delivery) => (markerOf(delivery) === "well" ? skipped("Somebody has it.") : outcome)),
  },
  {
    name: "gives up waiting after 100 ms",
    caughtBy: ["waits for an answer that is slow"],
    sink: givingUp(() => AbortSignal.timeout(IMPATIENT_MS)),
  },
  {
    name: "gives up waiting after 100 ms on the bus's clock",
    caughtBy: ["waits for an answer that is slow"],
    sink: givingUp(({ clock }) => {
      const controller = new AbortController();
      clock.schedule(() => controller.abort(), IMPATIENT_MS);
      return controller.signal;
    }),
  },
  givesUp(204),
  {
    name: "gives up at a redirect",
    caughtBy: ["has the right outcome for a redirect"],
    sink: saying((outcome) => (statusOf(outcome) === 302 ? rejected("It is elsewhere.") : outcome)),
  },
  ...[400, 401, 403, 404, 409, 410, 413].map(triesAgain),
  {
    name: "calls delivered what was refused by a 422, as its author declares",
    caughtBy: ["has the right outcome for a 422"],
    sink: saying((outcome) => (statusOf(outcome) === 422 ? { kind: "delivered" } : outcome)),
    subject: { outcomes: declaring("422", "delivered") },
  },
  {
    name: "throws at a 404",
    caughtBy: ["has the right outcome for a 404"],
    sink: saying((outcome) => {
      if (statusOf(outcome) === 404) throw new Error("It is not there.");
      return outcome;
    }),
  },
  {
    name: "says two things of what was refused by a 413",
    caughtBy: ["has the right outcome for a 413"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        return outcomes.some((outcome) => statusOf(outcome) === 413) ? [...outcomes, ...outcomes] : outcomes;
      },
    }),
  },
  givesUp(408),
  {
    name: "gives up at a 429 that does not say how long to wait",
    caughtBy: ["has the right outcome for a 429"],
    sink: saying((outcome) => {
      const isUnsaid = outcome.kind === "retry" && outcome.afterMs === undefined;
      return statusOf(outcome) === 429 && isUnsaid ? rejected("It will not help.") : outcome;
    }),
  },
  {
    name: "does not wait the seconds it is asked to",
    caughtBy: ["has the right outcome for a 429 that asks to wait some seconds"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      return isSeconds(answer) ? { ...answer, headers: {} } : answer;
    }),
  },
  {
    name: "reads a date by a clock of its own",
    caughtBy: ["has the right outcome for a 429 that asks to wait until a date"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      const isPast = Date.parse(answer.headers["retry-after"] ?? "") < Date.now();
      return isPast && !isSeconds(answer) ? { ...answer, headers: {} } : answer;
    }),
  },
  {
    name: "tries again by itself at a 500",
    caughtBy: ["has the right outcome for a 500"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      return answer.status === 500 ? right(request) : answer;
    }),
  },
  givesUp(502),
  {
    name: "pauses the lane at a 503, which its author has not declared",
    caughtBy: ["has the right outcome for a 503", "has the right outcome for a target that is out of order"],
    sink: saying((outcome) =>
      statusOf(outcome) === 503 ? pause("It is out of order.", { probeAfterMs: 10_000 }) : outcome,
    ),
  },
  givesUp(504),
  {
    name: "pauses the lane when connections are refused, which its author has not declared",
    caughtBy: ["has the right outcome for a target that refuses connections"],
    sink: saying((outcome) =>
      reasonOf(outcome).includes("ECONNREFUSED") ? pause("It is down.", { probeAfterMs: 10_000 }) : outcome,
    ),
  },
  {
    name: "pauses the lane when the connection is lost, which its author has not declared",
    caughtBy: ["has the right outcome for a connection lost before the answer"],
    sink: saying((outcome) =>
      reasonOf(outcome).includes("the exchange") ? pause("It was cut off.", { probeAfterMs: 1_000 }) : outcome,
    ),
  },
  {
    name: "does not notice that an answer is cut off",
    caughtBy: ["has the right outcome for a connection lost in the middle of the answer"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      return answer.isTruncated && !isLarge(answer) ? asTaken(answer, request) : answer;
    }),
  },
  {
    name: "throws when its signal aborts",
    caughtBy: [
      "has the right outcome for an answer that does not come",
      "has the right outcome for an answer that does not end",
    ],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const outcomes = await right.deliver(batch, context);
        context.signal.throwIfAborted();
        return outcomes;
      },
    }),
  },
  {
    name: "waits for the end of an answer, which its author does not believe",
    caughtBy: ["has the right outcome for an answer that does not end"],
    subject: { outcomes: declaring("drip", "delivered") },
  },
  {
    name: "takes an answer for taken that is far too large",
    caughtBy: ["has the right outcome for an answer that is far too large"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      return isLarge(answer) ? asTaken(answer, request) : answer;
    }),
  },
  {
    name: "reads as much of an answer as there is",
    caughtBy: ["has the right outcome for an answer that is far too large"],
    http: sending((request, right) => right({ ...request, maxAnswerBytes: 2 ** 30 })),
  },
  {
    name: "takes an answer for taken that it cannot read",
    caughtBy: ["has the right outcome for an answer that cannot be read"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      const isGarbage = answer.status === 200 && new TextDecoder().decode(answer.body).endsWith("broken");
      return isGarbage ? asTaken(answer, request) : answer;
    }),
  },
  {
    name: "gives up what is refused within a success, and its author believes it to try again",
    caughtBy: ["has the right outcome for an item refused within an answer that says success"],
    subject: { outcomes: declaring("errorInside", "retry") },
  },
  {
    name: "follows a redirect within its target",
    caughtBy: ["follows no redirect"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      const { location = "" } = answer.headers;
      if (location.startsWith(new URL(request.url).origin)) await right({ ...request, url: location });
      return answer;
    }),
  },
  {
    name: "follows a redirect that leads to somebody else",
    caughtBy: ["follows no redirect"],
    http: sending(async (request, right) => {
      const answer = await right(request);
      const { location = "" } = answer.headers;
      const isElsewhere = URL.canParse(location) && !location.startsWith(new URL(request.url).origin);
      if (isElsewhere) await right({ ...request, url: location }).catch(() => undefined);
      return answer;
    }),
  },
];
