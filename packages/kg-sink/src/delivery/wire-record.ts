import type { KgRecord } from "../records/kg-record.ts";

/** A record as the body of a request has it. */
export interface WireRecord {
  /** Whose it is: the index of its delivery in the batch. */
  readonly delivery: number;
  readonly json: string;
  /** Of `json`, as UTF-8. */
  readonly bytes: number;
}

/** What a record begins with on the wire; the same for all of a key. */
export function headOf(key: string): string {
  return `{"key":${JSON.stringify(key)},"value":`;
}

export function wireRecord(delivery: number, head: string, record: KgRecord): WireRecord {
  const json = `${head}${JSON.stringify(record)}}`;
  return { delivery, json, bytes: Buffer.byteLength(json) };
}

const BODY_START = '{"records":[';
const BODY_END = "]}";

/** Bytes of a body without its records. */
export const EMPTY_BODY_BYTES: number = BODY_START.length + BODY_END.length;

/** The body of one request. @see docs/spec/knowledge-graph.md#1-outbound-buskg-sink */
export function bodyOf(records: readonly WireRecord[]): string {
  return `${BODY_START}${records.map(({ json }) => json).join(",")}${BODY_END}`;
}
