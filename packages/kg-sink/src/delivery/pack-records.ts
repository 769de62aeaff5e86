import { EMPTY_BODY_BYTES, type WireRecord } from "./wire-record.ts";

/** What one request may hold. */
export interface RequestBounds {
  readonly maxRecords: number;
  /** Of the body. */
  readonly maxBytes: number;
}

/** The first record has no comma before it. */
const BYTES_BEFORE = EMPTY_BODY_BYTES - 1;

/** Cuts records into requests within the bounds, in order. A record that is larger than `maxBytes` goes alone. */
export function packRecords(
  records: readonly WireRecord[],
  { maxRecords, maxBytes }: RequestBounds,
): readonly (readonly WireRecord[])[] {
  const requests: WireRecord[][] = [];
  let request: WireRecord[] = [];
  let bytes = BYTES_BEFORE;
  for (const record of records) {
    const added = 1 + record.bytes;
    if (request.length > 0 && (request.length === maxRecords || bytes + added > maxBytes)) {
      requests.push(request);
      request = [];
      bytes = BYTES_BEFORE;
    }
    bytes += added;
    request.push(record);
  }
  if (request.length > 0) requests.push(request);
  return requests;
}
