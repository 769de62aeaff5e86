import type { Duplex } from "node:stream";

/** Headers are at most 16 KiB; what of the body came with them, and interim answers, have room beside them. */
const HEAD_BYTES = 128 * 1024;

/** The least chunk spends six bytes on one of the body. */
const FOR_EACH_BODY_BYTE = 8;

/** How many bytes each socket may yet receive. */
const expected = new WeakMap<Duplex, number>();

/**
 * Lets the socket receive the headers of an answer; with far more, it is destroyed. Parsers skip blank lines, interim answers and the
 * like without end, which costs memory and a whole core.
 */
export function expectHead(socket: Duplex): void {
  if (!expected.has(socket)) {
    socket.on("data", (bytes: Uint8Array) => {
      const left = (expected.get(socket) ?? 0) - bytes.length;
      expected.set(socket, left);
      if (left < 0) socket.destroy(new Error("The target sent more than its answer may need."));
    });
  }
  expected.set(socket, HEAD_BYTES);
}

/** The headers are in: lets the socket receive a body, too. */
export function expectBody(socket: Duplex, maxAnswerBytes: number): void {
  expected.set(socket, HEAD_BYTES + FOR_EACH_BODY_BYTE * maxAnswerBytes);
}

/** The answer is over: what an idle socket receives would be taken for the answer to its next request, so that it is destroyed. */
export function expectNothing(socket: Duplex): void {
  expected.set(socket, 0);
}
