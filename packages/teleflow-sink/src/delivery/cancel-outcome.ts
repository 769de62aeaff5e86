import { delivered, pause, rejected, retry, type Outcome } from "@bus/core";
import type { Reply } from "../calls/reply.ts";
import type { CancelRound } from "./cancellation.ts";
import { PROBE_AFTER_MS } from "./verdict-outcome.ts";

/** As long as the service names no time after a 429. */
const LIMITED_MS = 1_000;
/** Statuses of 4xx that pass by themselves. */
const PASSING: readonly number[] = [408, 409, 425];

export function cancelOutcome(round: CancelRound): Outcome {
  switch (round.kind) {
    case "ended":
      return delivered({ detail: round.result });
    case "again":
      return retry(round.reason, { afterMs: round.afterMs, free: true });
    case "unasked":
      return retry(round.reason, { free: true });
    case "limited":
      return pause("The rate limit of the service is used up.", { probeAfterMs: round.afterMs });
    case "failed":
      return outcomeOf(round.reply);
  }
}

function outcomeOf(reply: Reply): Outcome {
  if (reply.kind !== "answer") return retry(reply.reason);
  const { status, words, afterMs } = reply;
  const reason = `The service answered the cancellation with ${status}${words === "" ? "." : `: ${words}`}`;
  const info = { status };
  if (status === 429) return pause(reason, { probeAfterMs: afterMs ?? LIMITED_MS, info });
  if (status >= 401 && status <= 404) return pause(reason, { probeAfterMs: PROBE_AFTER_MS, info });
  if (status >= 400 && status < 500 && !PASSING.includes(status)) return rejected(reason, info);
  return retry(reason, { info, ...(afterMs !== undefined && { afterMs }) });
}
