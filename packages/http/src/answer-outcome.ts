import { delivered, rejected, retry, type AttemptInfo, type Outcome } from "@bus/core";
import type { HttpAnswer } from "./http-transport.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { Secrets } from "./secrets.ts";

const DETAIL_BYTES = 4096;
const LONGEST_LOCATION = 200;

/** Statuses below 500 worth another try: the receiver may recover from them by itself. */
const TRANSIENT = new Set([408, 425, 429]);

/**
 * What an answer means for its delivery.
 *
 * 2xx is delivered, whatever the body. 408, 425, 429 and 5xx are retried, no sooner than `Retry-After` asks. Every other 4xx is final,
 * 410 included: a sink that disables the destination on 410 looks at the status first. 3xx is never followed; it is retried rather than
 * final, because a redirect is mostly a proxy or a login page in the way, which heals. Any other status is nonsense, and retried.
 *
 * @param now ms since the epoch, to read a `Retry-After` date against
 * @param secrets where they are given, the beginning of the body is kept for the delivery log, without them; a target may show what it was sent
 */
export function outcomeOfAnswer(answer: HttpAnswer, now: number, secrets?: Secrets): Outcome {
  const { status, headers } = answer;
  const info = infoOf(answer, secrets);
  if (status >= 200 && status < 300) return delivered(info);
  if (status >= 300 && status < 400) {
    return retry(`The target answered ${status}, a redirect to ${locationOf(headers["location"])}: not followed.`, {
      info,
    });
  }

  const reason = `The target answered ${status}.`;
  if (status >= 400 && status < 500 && !TRANSIENT.has(status)) return rejected(reason, info);
  const afterMs = parseRetryAfter(headers["retry-after"], now);
  return retry(reason, { info, ...(afterMs !== undefined && { afterMs }) });
}

function infoOf({ status, body }: HttpAnswer, secrets: Secrets | undefined): AttemptInfo {
  const text = secrets ? secrets.hide(new TextDecoder().decode(body)) : "";
  // "stream" leaves out a character that the cut has halved.
  const detail = new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, DETAIL_BYTES), { stream: true });
  return { status, ...(detail !== "" && { detail }) };
}

/** Where a redirect leads, without query, fragment and credentials: those may be secret. */
function locationOf(location: string | undefined): string {
  const here = "http://relative.invalid";
  const url = location === undefined ? null : URL.parse(location, here);
  if (url === null) return "nowhere";
  const target = url.origin === here ? url.pathname : `${url.protocol}//${url.host}${url.pathname}`;
  return target.slice(0, LONGEST_LOCATION);
}
