import { readFileSync } from "node:fs";

const HEADER = 32;
const FRAME_HEADER = 24;

/**
 * How many transactions stand in the write-ahead log of a file: frames that end one say how large the database is after it.
 *
 * @see https://sqlite.org/fileformat2.html#walformat
 */
export function commitsInLog(path: string): number {
  const log = readFileSync(`${path}-wal`);
  if (log.length < HEADER) return 0;
  const frameSize = FRAME_HEADER + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER; at + frameSize <= log.length; at += frameSize) {
    // Frames of an earlier round of the log are not its own.
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
