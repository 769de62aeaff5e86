import { describe, expect, it } from "vitest";
import { aRequest, aTransport, fateOf } from "./hostile-request.ts";
import { aHostileServer, answering, onEachRequest } from "./hostile-server.ts";
import { TRANSPORTS } from "../transports.ts";

const FAILED = "BUS_HTTP_FAILED";

/** Beginnings of answers that are none. */
const MALFORMED: readonly [string, string | Uint8Array][] = [
  ["nothing at all", ""],
  ["a line break alone", "\r\n"],
  ["HTTP/0.9", "<html>hello</html>"],
  ["another protocol's banner", "SSH-2.0-OpenSSH_9.9\r\n"],
  ["a mail server's greeting", "220 mail.example ESMTP\r\n"],
  ["an error of Redis", "-ERR wrong number of arguments for 'post' command\r\n"],
  ["TLS", Buffer.from("16030300310200002d0303", "hex")],
  ["a TLS alert", Buffer.from("15030300020228", "hex")],
  ["HTTP/2 settings", Buffer.from("000000040000000000", "hex")],
  ["the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["HTTP/2 in words", "HTTP/2 200\r\ncontent-length: 0\r\n\r\n"],
  ["HTTP/3 in words", "HTTP/3.0 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["a version of two digits", "HTTP/1.11 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["a request", "POST /hook HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n"],
  ["half a status line", "HTTP/1.1 2"],
  ["no status", "HTTP/1.1 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 99 Short\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 Long\r\n\r\n"],
  ["a status with a sign", "HTTP/1.1 -200 OK\r\n\r\n"],
  ["a status in hex", "HTTP/1.1 0xc OK\r\n\r\n"],
  ["a status in words", "HTTP/1.1 two hundred\r\n\r\n"],
  ["a blank before it", " HTTP/1.1 200 OK\r\n\r\n"],
  ["a byte order mark before it", "\ufeffHTTP/1.1 200 OK\r\n\r\n"],
  ["another protocol's name", "ICY 200 OK\r\n\r\n"],
  ["an endless status line", `HTTP/1.1 200 ${"O".repeat(200_000)}K`],
  ["a header without a colon", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"],
  ["a header without a name", "HTTP/1.1 200 OK\r\n: value\r\n\r\n"],
  ["a blank in a header's name", "HTTP/1.1 200 OK\r\nx a: 1\r\n\r\n"],
  ["a blank before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n"],
  ["a null in a header's name", "HTTP/1.1 200 OK\r\nx\0a: 1\r\n\r\n"],
  ["a null in a header's value", "HTTP/1.1 200 OK\r\nx-a: 1\x002\r\n\r\n"],
  ["a control character in a header's value", "HTTP/1.1 200 OK\r\nx-a: 1\x012\r\n\r\n"],
  ["a bare carriage return in a header's value", "HTTP/1.1 200 OK\r\nx-a: 1\r2\r\n\r\n"],
  ["a header's name that is no ASCII", "HTTP/1.1 200 OK\r\nx-\u00e9: 1\r\n\r\n"],
  ["headers that do not end", "HTTP/1.1 200 OK\r\nx-a: 1\r\n"],
  ["a header cut in its value", "HTTP/1.1 200 OK\r\nx-a: 1"],
  ["100,000 headers", `HTTP/1.1 200 OK\r\n${"x-a: 1\r\n".repeat(100_000)}\r\n`],
  [
    "100,000 different headers",
    `HTTP/1.1 200 OK\r\n${Array.from({ length: 100_000 }, (_, index) => `x-${index}: 1\r\n`).join("")}\r\n`,
  ],
  ["a header of 1 MB", `HTTP/1.1 200 OK\r\nx-a: ${"a".repeat(1_000_000)}\r\n\r\n`],
  ["a header's name of 1 MB", `HTTP/1.1 200 OK\r\n${"a".repeat(1_000_000)}: 1\r\n\r\n`],
  ["a folded header", "HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 0\r\n\r\n"],
  ["a location of 100 KB", `HTTP/1.1 307 Moved\r\nlocation: /${"a".repeat(100_000)}\r\n\r\n`],
  ["a folded header of 1 MB", `HTTP/1.1 200 OK\r\nx-a: 1${"\r\n a".repeat(250_000)}\r\n\r\n`],
  ["two different lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok"],
  ["a list of lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok"],
  ["a length beside chunks", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["chunks beside a length", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n"],
  ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
  ["a length with a sign", "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok"],
  ["a length in hex", "HTTP/1.1 200 OK\r\ncontent-length: 0x2\r\n\r\nok"],
  ["a fraction for a length", "HTTP/1.1 200 OK\r\ncontent-length: 2.0\r\n\r\nok"],
  ["a length beyond 64 bits", "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551618\r\n\r\nok"],
  ["words for a length", "HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nok"],
  [
    "a switch of protocols that no one asked for",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
  ],
  ["an interim answer alone", "HTTP/1.1 103 Early Hints\r\n\r\n"],
  ["an interim answer with nonsense behind", "HTTP/1.1 102 Processing\r\n\r\n\0\0\0\0"],
];

/** Heads that are strange, but say clearly enough what they mean. */
const STRANGE: readonly [string, string, string][] = [
  ["no reason", "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", "200"],
  ["an old version", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "200"],
  ["a status no one knows", "HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n", "999"],
  ["the highest status of its class", "HTTP/1.1 299 Fine\r\ncontent-length: 0\r\n\r\n", "299"],
  ["a length where none is to come", "HTTP/1.1 304 Not Modified\r\ncontent-length: 500\r\n\r\n", "304"],
  ["an interim answer first", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "200"],
  [
    "many interim answers first",
    `${"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(100)}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`,
    "200",
  ],
  ["an empty header", "HTTP/1.1 200 OK\r\nx-a:\r\ncontent-length: 0\r\n\r\n", "200"],
  [
    "header names of objects",
    "HTTP/1.1 200 OK\r\n__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\ncontent-length: 0\r\n\r\n",
    "200",
  ],
];

describe.each(TRANSPORTS)("over $name, an answer that begins with", ({ make }) => {
  it.each(MALFORMED)("%s is a failure, and its connection closed", async (_, bytes) => {
    const server = await aHostileServer(answering(bytes));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { deadlineMs: 1_000 })));

    expect(fate).toBe(FAILED);
    expect(server.received.match(/POST \/hook/g)).toHaveLength(1);
    await server.closed();
  });

  it.each(STRANGE)("%s is read: %j", async (_, bytes, expected) => {
    const server = await aHostileServer(answering(bytes));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toBe(expected);
  });

  it.each([
    // undici takes it for an attack, because no one has asked whether to continue.
    [
      "a leave to continue",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
      /^(200|BUS_HTTP_FAILED)$/,
    ],
    ["a body that its status forbids", "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello", /^204(, cut)?$/],
  ])("%s is read as the library likes: %j", async (_, bytes, expected) => {
    const server = await aHostileServer(answering(bytes));

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toMatch(expected);
    await server.closed();
  });

  it("header names of objects has them as plain headers", async () => {
    const server = await aHostileServer(
      answering("HTTP/1.1 200 OK\r\n__proto__: 1\r\nconstructor: 2\r\ncontent-length: 0\r\n\r\n"),
    );

    const { headers } = await aTransport(make).request(aRequest(server.url));

    expect(Object.entries(headers)).toEqual(expect.arrayContaining([["constructor", "2"]]));
    expect(headers["x-missing"]).toBeUndefined();
    expect(Object.getPrototypeOf(headers)).not.toBe("1");
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });
});

describe.each(TRANSPORTS)("over $name, headers that never end", ({ make }) => {
  const HEAD = "HTTP/1.1 200 OK\r\n";

  it.each([
    ["a byte at a time", (turn: number) => `${HEAD}x-a: ${"a".repeat(10_000)}`[turn] ?? "a", "BUS_TIMEOUT"],
    ["a blank line at a time", () => "\r\n", "BUS_TIMEOUT"],
    ["a header at a time", (turn: number) => (turn === 0 ? HEAD : "x-a: 1\r\n"), "BUS_TIMEOUT"],
    ["an interim answer at a time", () => "HTTP/1.1 103 Early Hints\r\n\r\n", "BUS_TIMEOUT"],
    ["100 KB at a time", (turn: number) => (turn === 0 ? HEAD : `x-a: ${"a".repeat(100_000)}\r\n`), FAILED],
    ["1,000 headers at a time", (turn: number) => (turn === 0 ? HEAD : "x-a: 1\r\n".repeat(1_000)), FAILED],
    ["one header, 10 KB at a time", (turn: number) => (turn === 0 ? `${HEAD}x-a: ` : "a".repeat(10_000)), FAILED],
  ])("%s", async (_, next, expected) => {
    const server = await aHostileServer(
      onEachRequest((socket) => {
        let turn = 0;
        const drip = setInterval(() => socket.write(next(turn++)), 2);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const startedAt = performance.now();

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { deadlineMs: 200 })));

    expect(fate).toBe(expected);
    expect(performance.now() - startedAt).toBeLessThan(450);
    await server.closed();
  });
});
