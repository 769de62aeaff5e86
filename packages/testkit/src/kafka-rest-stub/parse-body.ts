import type { StubRecord } from "./kafka-rest-stub.ts";

/** What is not as a proxy wants it in a body that is JSON. */
export type BodyFlaw =
  | {
      readonly kind:
        | "not-an-object"
        | "no-records"
        | "records-not-a-list"
        | "empty"
        | "record-not-an-object"
        | "no-value";
    }
  | { readonly kind: "unknown-key"; readonly key: string };

export type ParsedBody =
  | { readonly isJson: false }
  | { readonly isJson: true; readonly records: readonly StubRecord[]; readonly flaw: BodyFlaw | undefined };

const RECORD_KEYS = new Set(["key", "value", "partition"]);

/** Reads the body of a produce request. A body with a flaw has no records. */
export function parseBody(text: string): ParsedBody {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { isJson: false };
  }
  const flaw = flawOf(json);
  const records =
    flaw === undefined || flaw.kind === "no-value" ? (json as { records: readonly StubRecord[] }).records : [];
  return { isJson: true, records, flaw };
}

function flawOf(json: unknown): BodyFlaw | undefined {
  if (!isObject(json)) return { kind: "not-an-object" };
  const unknown = Object.keys(json).find((key) => key !== "records");
  if (unknown !== undefined) return { kind: "unknown-key", key: unknown };
  const { records } = json;
  if (records === undefined || records === null) return { kind: "no-records" };
  if (!Array.isArray(records)) return { kind: "records-not-a-list" };
  if (records.length === 0) return { kind: "empty" };
  let flaw: BodyFlaw | undefined;
  for (const record of records as readonly unknown[]) {
    if (!isObject(record)) return { kind: "record-not-an-object" };
    for (const key in record) if (!RECORD_KEYS.has(key)) return { kind: "unknown-key", key };
    if (record["value"] === undefined) flaw ??= { kind: "no-value" };
  }
  return flaw;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
