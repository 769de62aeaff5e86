import { delivered, pause, rejected, retry, type AttemptInfo, type Outcome } from "@bus/core";
import { parseRetryAfter, type HttpAnswer } from "@bus/http";
import { entryOutcome, PROBE_AFTER_MS, type Answered } from "./entry-outcome.ts";
import { parseAnswer, parseEntry, type ParsedAnswer, type ParsedEntry } from "./parse-answer.ts";

/** What an answer means for the records of its request: an outcome for each, in order, or that they are to be sent again in smaller requests. */
export type Verdict =
  | { readonly outcomes: readonly Outcome[] }
  /** `halves`: a record is at fault, or all are too large together. `each`: some are stored and some are not, and it does not say which. */
  | { readonly split: "halves" | "each"; readonly isTooLarge: boolean };

export interface VerdictContext {
  /** Records of the request. */
  readonly count: number;
  /** Ms since the epoch, to read a `Retry-After` date against. */
  readonly now: number;
  /** Strikes secrets out of the proxy's words, which are kept and shown. */
  readonly hide: (words: string) => string;
}

const TOO_LARGE = 413;
/** The same records get the same answer again. */
const FINAL: readonly number[] = [400, 404, 422, TOO_LARGE];
const FORBIDDEN: readonly number[] = [401, 403];

/**
 * Reads the entries of the answer where it has a list of them, else its error code, else its status. What the contract does not name is retried:
 * the proxy may recover, and a record stored twice is better than one that is lost.
 *
 * @see docs/spec/knowledge-graph.md#the-proxys-answers-one-outcome-per-record
 */
export function verdictOf(answer: HttpAnswer, { count, now, hide }: VerdictContext): Verdict {
  const { status, headers } = answer;
  const parsed = parseAnswer(answer.body);
  const answered = { status, afterMs: parseRetryAfter(headers["retry-after"], now), hide };
  const entries = parsed.offsets?.map(parseEntry);
  if (entries && areReadable(entries, count)) return verdictOfEntries(entries, count, answered);
  return verdictOfRequest(parsed, { count, answered, hidesEntries: answer.isTruncated || entries !== undefined });
}

function areReadable(entries: readonly (ParsedEntry | undefined)[], count: number): entries is readonly ParsedEntry[] {
  return entries.length > 0 && entries.length <= count && entries.every((entry) => entry !== undefined);
}

function verdictOfEntries(entries: readonly ParsedEntry[], count: number, answered: Answered): Verdict {
  const areStored = entries.every(({ code }) => code === 0);
  if (entries.length === count && (areStored || !mayBePartitions(entries))) {
    return { outcomes: entries.map((entry) => entryOutcome(entry, answered)) };
  }
  // Which records went to which partition, it does not say.
  if (areStored) return { outcomes: repeated(delivered({ status: answered.status }), count) };
  return { split: "each", isTooLarge: false };
}

/** Whether each may stand for all of a partition, as Redpanda's do: as many as records by chance, they come in no order. */
function mayBePartitions(entries: readonly ParsedEntry[]): boolean {
  const partitions = new Set(entries.map(({ partition }) => partition));
  const areNamed = entries.every(({ partition }) => typeof partition === "number");
  return areNamed && entries.length > 1 && partitions.size === entries.length;
}

/** @param given `hidesEntries`: there may have been entries, cut off or not to be read, as of Karapace's 422 */
function verdictOfRequest(
  parsed: ParsedAnswer,
  given: { readonly count: number; readonly answered: Answered; readonly hidesEntries: boolean },
): Verdict {
  const { count, answered, hidesEntries } = given;
  const status = statusOf(parsed.errorCode) ?? answered.status;
  // A 413 has no entries, and is often cut off: the proxy does not read on.
  const isFinal = FINAL.includes(status) && (!hidesEntries || status === TOO_LARGE) && !isElsewhere(parsed, status);
  if (isFinal && count > 1) return { split: "halves", isTooLarge: status === TOO_LARGE };
  const { reason, info } = failureOf(parsed, answered);
  if (isFinal) return { outcomes: [rejected(reason, info)] };
  const outcome = FORBIDDEN.includes(status)
    ? pause(reason, { probeAfterMs: PROBE_AFTER_MS, info })
    : againOf(parsed, answered);
  return { outcomes: repeated(outcome, count) };
}

/** A page that is not there is not the proxy's: something before it, or the URL, is wrong, and no record at fault. */
function isElsewhere({ isJson, words }: ParsedAnswer, status: number): boolean {
  return status === 404 && !isJson && words !== "";
}

/** The status that an error code stands for: it is one, or one with two digits more. */
function statusOf(code: number | undefined): number | undefined {
  if (code === undefined) return undefined;
  const status = code >= 10_000 ? Math.floor(code / 100) : code;
  return status >= 400 && status <= 599 ? status : undefined;
}

function againOf(parsed: ParsedAnswer, answered: Answered): Outcome {
  const { reason, info } = failureOf(parsed, answered);
  const { afterMs } = answered;
  return retry(reason, { info, ...(afterMs !== undefined && { afterMs }) });
}

function failureOf(
  { errorCode, words, isJson }: ParsedAnswer,
  { status, hide }: Answered,
): { readonly reason: string; readonly info: AttemptInfo } {
  const detail = hide(words);
  const code = errorCode === undefined || errorCode === status ? "" : ` (${errorCode})`;
  const lack = status < 300 && errorCode === undefined ? " without an entry for each record" : "";
  // The page of a gateway on the way gives no reason.
  const why = isJson && detail !== "" ? `: ${detail}` : ".";
  return {
    reason: `The proxy answered ${status}${code}${lack}${why}`,
    info: { status, ...(detail !== "" && { detail }) },
  };
}

function repeated(outcome: Outcome, count: number): readonly Outcome[] {
  return Array.from({ length: count }, () => outcome);
}
