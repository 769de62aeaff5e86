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
  { to, payload, overrides, actor, tenant }: ParsedTrigger,
  transactionIdOf: (chunk: number) => string,
): readonly WireTrigger[] {
  return chunksOf(to).map((recipients, chunk) => {
    const transactionId = transactionIdOf(chunk);
    const json = objectOf([
      ["name", JSON.stringify(name)],
      ["to", recipients && `[${recipients.join(",")}]`],
      ["payload", payload],
      ["overrides", overrides],
      ["transactionId", JSON.stringify(transactionId)],
      ["actor", actor],
      ["tenant", tenant],
    ]);
    return { transactionId, json, bytes: Buffer.byteLength(json) };
  });
}

function chunksOf(to: readonly string[] | undefined): readonly (readonly string[] | undefined)[] {
  if (to === undefined || to.length <= MAX_RECIPIENTS) return [to];
  return Array.from({ length: Math.ceil(to.length / MAX_RECIPIENTS) }, (_, chunk) =>
    to.slice(chunk * MAX_RECIPIENTS, (chunk + 1) * MAX_RECIPIENTS),
  );
}

/** @param fields in JSON already; those that are undefined are left out */
function objectOf(fields: readonly (readonly [string, string | undefined])[]): string {
  const written = fields.flatMap(([field, json]) => (json === undefined ? [] : `"${field}":${json}`));
  return `{${written.join(",")}}`;
}
