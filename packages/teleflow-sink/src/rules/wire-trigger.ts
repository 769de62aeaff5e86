import type { ParsedTrigger } from "./parse-trigger.ts";

/** One trigger or broadcast, as it goes out. */
export interface WireTrigger {
  readonly transactionId: string;
  /** The body of the request, or an element of a bulk's. Made once: a retry sends the same bytes. */
  readonly json: string;
  /** Of `json`, as UTF-8. */
  readonly bytes: number;
}

/** The service takes no more in one trigger. */
const MAX_RECIPIENTS = 100;

/** The triggers that reach all recipients, in their order; a broadcast is one, without any. */
export function wireTriggers(
  name: string,
  { to: all, payload, overrides, actor, tenant }: ParsedTrigger,
  transactionIdOf: (chunk: number) => string,
): readonly WireTrigger[] {
  return chunksOf(all).map((recipients, chunk) => {
    const transactionId = transactionIdOf(chunk);
    const to = recipients && `[${recipients.join(",")}]`;
    const head = `{"name":${JSON.stringify(name)}${field("to", to)},"payload":${payload}${field("overrides", overrides)}`;
    // What an id is made of needs no escape.
    const json = `${head},"transactionId":"${transactionId}"${field("actor", actor)}${field("tenant", tenant)}}`;
    return { transactionId, json, bytes: Buffer.byteLength(json) };
  });
}

function chunksOf(to: readonly string[] | undefined): readonly (readonly string[] | undefined)[] {
  if (to === undefined || to.length <= MAX_RECIPIENTS) return [to];
  return Array.from({ length: Math.ceil(to.length / MAX_RECIPIENTS) }, (_, chunk) =>
    to.slice(chunk * MAX_RECIPIENTS, (chunk + 1) * MAX_RECIPIENTS),
  );
}

/** @param json undefined: it is left out */
function field(name: string, json: string | undefined): string {
  return json === undefined ? "" : `,"${name}":${json}`;
}
