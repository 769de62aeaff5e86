import { connect, type Socket } from "node:net";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, fateOf } from "./hostile-request.ts";
import { aHostileServer, onEachRequest } from "./hostile-server.ts";

const DEADLINE_MS = 300;

/** How much later than asked a request may end. */
const GRACE_MS = 250;

/** A server whose queue of connections is full and that accepts no more: the kernel drops what would connect. */
async function aBlackHole(): Promise<{ port: number }> {
  const worker = new Worker(
    `const { createServer } = require("node:net");
     const { parentPort } = require("node:worker_threads");
     const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  onTestFinished(() => worker.terminate().then(() => undefined));
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  for (let filler = 0; filler < 2; filler += 1) {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once("connect", resolve));
  }
  return { port };
}

/** What holds the process: sockets, look-ups and timers. */
function held(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => !/^(TCPServerWrap|Immediate)$/.test(kind));
}

/** Resolves with what is held beyond `before` once that is nothing, or else after a while. Has no timer itself. */
async function heldBeyond(before: () => readonly string[]): Promise<readonly string[]> {
  const startedAt = performance.now();
  for (;;) {
    const left = [...before()];
    const beyond = held().filter((kind) => {
      const index = left.indexOf(kind);
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    });
    if (beyond.length === 0 || performance.now() - startedAt > 1_000) return beyond;
    await turnOfTheLoop();
  }
}

/** Where a server falls silent, and over which scheme. */
const STAGES: readonly [string, string, (socket: Socket) => void, string][] = [
  ["after it accepted", "http", () => {}, "BUS_TIMEOUT"],
  ["after it accepted, without reading", "http", (socket) => socket.pause(), "BUS_TIMEOUT"],
  ["after it accepted, over TLS", "https", () => {}, "BUS_TIMEOUT"],
  ["after it accepted, over TLS and without reading", "https", (socket) => socket.pause(), "BUS_TIMEOUT"],
  [
    "in its TLS hello",
    "https",
    (socket) => socket.once("data", () => socket.write(Buffer.from("1603030200020001fc0303", "hex"))),
    "BUS_TIMEOUT",
  ],
  ["in its status line", "http", onEachRequest((socket) => socket.write("HTTP/1.1 2")), "BUS_TIMEOUT"],
  ["in its headers", "http", onEachRequest((socket) => socket.write("HTTP/1.1 200 OK\r\nx-a: 1\r\n")), "BUS_TIMEOUT"],
  [
    "after an interim answer",
    "http",
    onEachRequest((socket) => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n")),
    "BUS_TIMEOUT",
  ],
  [
    "after its headers",
    "http",
    onEachRequest((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")),
    "200, cut",
  ],
  [
    "in its body",
    "http",
    onEachRequest((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")),
    "200, cut",
  ],
  [
    "in a body without length",
    "http",
    onEachRequest((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nhalf")),
    "200, cut",
  ],
  [
    "before its last chunk",
    "http",
    onEachRequest((socket) => socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")),
    "200, cut",
  ],
];

describe.each(TRANSPORTS)("over $name, a server that falls silent", ({ make }) => {
  it.each(STAGES)("%s ends a request at its deadline (%s)", async (_, scheme, onConnection, expected) => {
    const server = await aHostileServer(onConnection);
    const transport = aTransport(make);
    const startedAt = performance.now();

    const fate = await fateOf(
      transport.request(aRequest(`${scheme}://127.0.0.1:${server.port}/`, { deadlineMs: DEADLINE_MS })),
    );

    const elapsedMs = performance.now() - startedAt;
    expect(fate).toBe(expected);
    expect(elapsedMs).toBeGreaterThanOrEqual(DEADLINE_MS - 2);
    expect(elapsedMs).toBeLessThan(DEADLINE_MS + GRACE_MS);
    expect(server.connections).toBe(1);
  });

  it.each(STAGES)("%s lets go of a request that is aborted (%s)", async (_, scheme, onConnection) => {
    const server = await aHostileServer(onConnection);
    const transport = aTransport(make);
    const reason = new Error("the lease ended");
    const before = held();
    const controller = new AbortController();
    const request = aRequest(`${scheme}://127.0.0.1:${server.port}/`, { signal: controller.signal });
    const ended = Promise.all([1, 2, 3].map(() => transport.request(request).catch((error: unknown) => error)));
    await expect.poll(() => server.connections, { interval: 5 }).toBe(3);
    // What the server has said last is on its way.
    await new Promise((resolve) => setTimeout(resolve, 20));

    const abortedAt = performance.now();
    controller.abort(reason);

    expect(await ended).toEqual([reason, reason, reason]);
    expect(performance.now() - abortedAt).toBeLessThan(GRACE_MS);
    const atTheServer = () => Array<string>(server.open).fill("TCPSocketWrap");
    expect(await heldBeyond(() => [...before, ...atTheServer()])).toEqual([]);
  });

  // Other kernels accept what waits.
  it.runIf(process.platform === "linux")(
    "and does not even accept ends a request at its deadline, or when it is aborted",
    async () => {
      const { port } = await aBlackHole();
      const transport = aTransport(make);
      const url = `http://127.0.0.1:${port}/`;
      const before = held();
      const startedAt = performance.now();

      const [late, lateOverTls, aborted] = await Promise.all([
        fateOf(transport.request(aRequest(url, { deadlineMs: 200 }))),
        fateOf(transport.request(aRequest(url.replace("http:", "https:"), { deadlineMs: 200 }))),
        transport.request(aRequest(url, { signal: AbortSignal.timeout(100) })).catch((error: Error) => error.name),
      ]);

      expect([late, lateOverTls, aborted]).toEqual(["BUS_TIMEOUT", "BUS_TIMEOUT", "TimeoutError"]);
      expect(performance.now() - startedAt).toBeLessThan(200 + GRACE_MS);
      expect(await heldBeyond(() => before)).toEqual([]);
    },
  );

  it("does not keep a transport from stopping, even if it holds 200 requests", async () => {
    const server = await aHostileServer(() => {});
    const transport = aTransport(make);
    const schemes = Array.from({ length: 200 }, (_, index) => (index % 10 === 0 ? "https" : "http"));
    const fates = Promise.all(
      schemes.map((scheme) => fateOf(transport.request(aRequest(`${scheme}://127.0.0.1:${server.port}/`)))),
    );
    await expect.poll(() => server.connections, { interval: 5 }).toBe(200);
    const startedAt = performance.now();

    await transport.stop();

    expect(new Set(await fates)).toEqual(new Set(["BUS_NOT_RUNNING"]));
    expect(performance.now() - startedAt).toBeLessThan(GRACE_MS);
    await server.closed();
  });
});
