import { delivered, pause, rejected, retry, type Outcome } from "@bus/core";
import type { Reply } from "../calls/reply.ts";
import type { CancelRound } from "./cancellation.ts";
import { reasonOf, unsettled } from "./unsettled.ts";

/** Of answers that the same cancellation gets again. */
const FINAL: readonly number[] = [400, 405, 410, 413, 414, 415, 422];

const ANSWERED = "The service answered the cancellation";

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
  const isFinal = reply.kind === "answer" && FINAL.includes(reply.status);
  if (isFinal) return rejected(reasonOf(reply, ANSWERED), { status: reply.status });
  return unsettled(reply, ANSWERED);
}
