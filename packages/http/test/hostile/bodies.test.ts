import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, fateOf, textOf } from "./hostile-request.ts";
import { aHostileServer, answering, onEachRequest } from "./hostile-server.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

const bomb = gzipSync(Buffer.alloc(10_000_000));

/** Bodies whose framing breaks after the headers: the answer counts, cut. */
const BROKEN: readonly [string, string][] = [
  ["a chunk size that is none", `${CHUNKED}zz\r\nhello\r\n0\r\n\r\n`],
  ["a negative chunk size", `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`],
  ["a chunk size in 0x", `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`],
  ["an empty chunk size", `${CHUNKED}\r\nhello\r\n0\r\n\r\n`],
  ["a chunk size beyond 64 bits", `${CHUNKED}10000000000000005\r\nhello\r\n0\r\n\r\n`],
  ["a chunk longer than its size", `${CHUNKED}3\r\nhello\r\n0\r\n\r\n`],
  ["a chunk shorter than its size", `${CHUNKED}5\r\nhel`],
  ["no last chunk", `${CHUNKED}5\r\nhello\r\n`],
  ["no end of its trailers", `${CHUNKED}5\r\nhello\r\n0\r\nx-a: 1\r\n`],
  ["trailers of 1 MB", `${CHUNKED}5\r\nhello\r\n0\r\nx-a: ${"a".repeat(1_000_000)}\r\n\r\n`],
  ["100,000 trailers", `${CHUNKED}5\r\nhello\r\n0\r\n${"x-a: 1\r\n".repeat(100_000)}\r\n`],
  ["a trailer that is none", `${CHUNKED}5\r\nhello\r\n0\r\nno colon\r\n\r\n`],
  ["a length in its trailers", `${CHUNKED}5\r\nhello\r\n0\r\ncontent-length: 9\r\n\r\n`],
  ["a null in a trailer", `${CHUNKED}5\r\nhello\r\n0\r\nx-a: \0\r\n\r\n`],
  ["less than its length", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello"],
  ["the greatest length", "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\nhello"],
];

/** Strange, but whole. */
const WHOLE: readonly [string, string, string][] = [
  ["one byte in each chunk", `${CHUNKED}${"1\r\na\r\n".repeat(1_000)}0\r\n\r\n`, "a".repeat(1_000)],
  ["zeros before a chunk size", `${CHUNKED}0000000005\r\nhello\r\n0\r\n\r\n`, "hello"],
  ["chunk extensions", `${CHUNKED}5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n`, "hello"],
  [
    "trailers that name headers",
    `${CHUNKED}5\r\nhello\r\n0\r\ncontent-encoding: gzip\r\nlocation: /a\r\n\r\n`,
    "hello",
  ],
  ["no length at all", "HTTP/1.1 200 OK\r\n\r\nhello", "hello"],
  [
    "what looks like another answer",
    "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 201 Created\r\n\r\n",
    "HTTP/1.1 201 Created\r\n\r\n",
  ],
];

const ENCODED: readonly [string, string, Uint8Array][] = [
  ["a gzip bomb", "gzip", bomb],
  ["a bomb in a bomb", "gzip, gzip", gzipSync(bomb)],
  ["deflate", "deflate", deflateSync(Buffer.alloc(1_000_000))],
  ["brotli", "br", brotliCompressSync(Buffer.alloc(1_000_000))],
  ["many encodings", Array<string>(500).fill("gzip").join(", "), bomb],
  ["an encoding that it does not have", "gzip", Buffer.from("no gzip")],
  ["an encoding no one knows", "zstd, x-bomb", Buffer.from("hello")],
  ["a cut encoding", "gzip", bomb.subarray(0, 100)],
];

describe.each(TRANSPORTS)("over $name, an answer counts", ({ make }) => {
  it.each(BROKEN)("although its body has %s, all in one packet", async (_, bytes) => {
    const server = await aHostileServer(answering(bytes));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toBe("200, cut");
    await server.closed();
  });

  it.each(BROKEN)("although its body has %s, after its headers", async (_, bytes) => {
    const bodyAt = bytes.indexOf("\r\n\r\n") + 4;
    const server = await aHostileServer(
      onEachRequest((socket) => {
        socket.write(bytes.slice(0, bodyAt));
        setTimeout(() => socket.end(bytes.slice(bodyAt)), 10);
      }),
    );

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toBe("200, cut");
    await server.closed();
  });

  it("with chunk extensions of 1 MB, whole or cut", async () => {
    const server = await aHostileServer(answering(`${CHUNKED}5;${"a".repeat(1_000_000)}\r\nhello\r\n0\r\n\r\n`));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toMatch(/^200(, cut)?$/);
  });

  it.each(WHOLE)("whole with %s", async (_, bytes, body) => {
    const server = await aHostileServer(answering(bytes));

    const answer = await aTransport(make).request(aRequest(server.url));

    expect(answer).toMatchObject({ status: 200, isTruncated: false });
    expect(textOf(answer)).toBe(body);
  });

  it.each(ENCODED)("as it was sent, with %s", async (_, encoding, bytes) => {
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bytes.length}\r\n\r\n`;
    const server = await aHostileServer(answering(Buffer.concat([Buffer.from(head), bytes])));

    const { body, isTruncated, headers } = await aTransport(make).request(aRequest(server.url));

    expect(Buffer.from(body).equals(bytes)).toBe(true);
    expect([isTruncated, headers["content-encoding"]]).toEqual([false, encoding]);
    expect(server.received).toContain("accept-encoding: identity\r\n");
  });

  it.each([
    ["without a body", "", 0, "200"],
    ["with a body that no one wants", "hello", 0, "200, cut"],
    ["with a body that just fits", "hello", 5, "200"],
    ["with a byte too many", "hello", 4, "200, cut"],
  ])("%s, as far as it may be read", async (_, body, maxAnswerBytes, expected) => {
    const server = await aHostileServer(answering(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { maxAnswerBytes })));

    expect(fate).toBe(expected);
  });

  it.each([
    ["by its length", "content-length: 10000000\r\n\r\n", "."],
    ["in chunks", "transfer-encoding: chunked\r\n\r\n", "1\r\n.\r\n"],
    ["until the end", "\r\n", "."],
  ])("although its body drips past the deadline, %s", async (_, framing, drop) => {
    const server = await aHostileServer(
      onEachRequest((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${framing}`);
        const drip = setInterval(() => socket.write(drop), 5);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const startedAt = performance.now();

    const answer = await aTransport(make).request(aRequest(server.url, { deadlineMs: 200 }));

    expect(answer).toMatchObject({ status: 200, isTruncated: true });
    expect(textOf(answer)).toMatch(/^\.+$/);
    expect(performance.now() - startedAt).toBeLessThan(450);
    await server.closed();
  });
});
