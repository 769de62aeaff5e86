import { pause, retry, type Outcome } from "@bus/core";
import { isClosed, type Reply } from "../calls/reply.ts";
import { PROBE_AFTER_MS } from "./verdict-outcome.ts";

/** As long as the service names no time after a 429. */
const LIMITED_MS = 1_000;

/** What becomes of a request that asked or cancelled something, and did not get to know. @param what of the answer: `The service answered it` */
export function unsettled(reply: Reply, what: string): Outcome {
  if (reply.kind !== "answer") return retry(reply.reason, { free: reply.kind === "unsent" && reply.isFree });
  const { status, afterMs } = reply;
  const reason = reasonOf(reply, what);
  const info = { status };
  if (status === 429) return pause(reason, { probeAfterMs: afterMs ?? LIMITED_MS, info });
  if (isClosed(reply)) return pause(reason, { probeAfterMs: PROBE_AFTER_MS, info });
  return retry(reason, { info, ...(afterMs !== undefined && { afterMs }) });
}

export function reasonOf({ status, words }: Extract<Reply, { kind: "answer" }>, what: string): string {
  return `${what} with ${status}${words === "" ? "." : `: ${words}`}`;
}
