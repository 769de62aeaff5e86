import { BusError } from "@bus/core";
import type { Reply } from "../calls/reply.ts";
import type { Said } from "./said.ts";

/** A call, as its errors name it, and where it goes. */
export interface CallPlace {
  readonly call: "trigger" | "bulk" | "broadcast" | "cancellation";
  readonly origin: string;
}

/** What the call rejects with when its request failed. */
export function failureOf(said: Said, place: CallPlace): BusError {
  const refused = (status: number, words: string): BusError =>
    new BusError("BUS_TELEFLOW_REFUSED", [place.call, status, words.replace(/\.$/, "")]);
  switch (said.kind) {
    case "cancelled":
      return new BusError("BUS_OPTION_INVALID", [`The ${place.call}`, said.reason]);
    case "limited":
      return failureOfWait(said.afterMs, place);
    case "impossible":
      return refused(429, said.reason);
    case "refused":
    case "failed":
    case "busy":
    case "reused":
    case "closed":
      return refused(said.status, said.words);
    case "unsent":
      return failed("sending", said.reason, place);
    case "processed":
    case "inactive":
    case "unknown":
      return failed("waiting for the answer", "reason" in said ? said.reason : "", place);
  }
}

/** What a cancellation rejects with that the service did not decide. */
export function failureOfReply(reply: Reply, place: CallPlace): BusError {
  if (reply.kind === "answer") return new BusError("BUS_TELEFLOW_REFUSED", [place.call, reply.status, reply.words]);
  return failed(reply.kind === "none" ? "waiting for the answer" : "sending", reply.reason, place);
}

/** The rate limit is used up. */
export function failureOfWait(afterMs: number, { call }: CallPlace): BusError {
  const words = `the rate limit is used up, call again in ${Math.ceil(afterMs / 1_000)} s`;
  return new BusError("BUS_TELEFLOW_REFUSED", [call, 429, words]);
}

function failed(stage: string, reason: string, { origin }: CallPlace): BusError {
  return new BusError("BUS_HTTP_FAILED", [origin, stage], { cause: new Error(reason) });
}
