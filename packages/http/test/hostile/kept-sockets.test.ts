import type { Socket } from "node:net";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, fateOf, textOf } from "./hostile-request.ts";
import { aHostileServer, onEachRequest } from "./hostile-server.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const POISON = "HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nbad";

/** Bytes behind a whole answer, which the next request must not take for its own. */
const BEHIND: readonly [string, string][] = [
  ["another answer", POISON],
  ["half another answer", POISON.slice(0, 20)],
  ["a status line", "HTTP/1.1 201 Created\r\n"],
  ["an interim answer", "HTTP/1.1 103 Early Hints\r\n\r\n"],
  ["a line break", "\r\n"],
  ["nonsense", "\0\0garbage\0\0"],
  ["many answers", POISON.repeat(100)],
  ["1 MB", "x".repeat(1_000_000)],
];

describe.each(TRANSPORTS)("over $name, a kept socket", ({ make }) => {
  it.each(BEHIND)("with %s in the packet of its answer answers the next request with its own", async (_, behind) => {
    const server = await aHostileServer(
      onEachRequest((socket, request) =>
        socket.write(request.includes("first") ? OK + behind : `HTTP/1.1 204 Own\r\n\r\n`),
      ),
    );
    const transport = aTransport(make);

    const first = await fateOf(transport.request(aRequest(server.url, { body: "first" })));
    const second = await fateOf(transport.request(aRequest(server.url, { body: "second" })));

    // Bytes that are no answer may come before its end is told.
    expect(first).toMatch(/^200(, cut)?$/);
    expect(second).toBe("204");
    expect(server.received.match(/first|second/g)).toEqual(["first", "second"]);
  });

  it.each(BEHIND)("that is sent %s while idle answers the next request with its own", async (_, behind) => {
    const idle = Promise.withResolvers<Socket>();
    const server = await aHostileServer(
      onEachRequest((socket, request) => {
        socket.write(request.includes("first") ? OK : `HTTP/1.1 204 Own\r\n\r\n`);
        idle.resolve(socket);
      }),
    );
    const transport = aTransport(make);

    const first = await fateOf(transport.request(aRequest(server.url, { body: "first" })));
    const socket = await idle.promise;
    await new Promise((resolve) => socket.write(behind, resolve));
    // It has left the server: now the client reads it.
    for (let turn = 0; turn < 10; turn += 1) await turnOfTheLoop();
    const second = await fateOf(transport.request(aRequest(server.url, { body: "second" })));

    expect([first, second]).toEqual(["200", "204"]);
  });

  it.each([
    ["ends", (end: () => void) => end()],
    ["ends a little later", (end: () => void) => setImmediate(end)],
    ["ends 1 ms later", (end: () => void) => setTimeout(end, 1)],
  ])("that the server %s after each whole answer sends nothing twice and mixes up nothing", async (_, when) => {
    const server = await aHostileServer(
      onEachRequest((socket, request, index) => {
        const id = /id \d+$/.exec(request)?.[0] ?? "none";
        const close = () => (index % 2 === 0 ? socket.end() : socket.resetAndDestroy());
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${id.length}\r\n\r\n${id}`, () => when(close));
      }),
    );
    const transport = aTransport(make);

    const asked = Array.from({ length: 80 }, (_unused, index) => `id ${index}`);
    const told: string[] = [];
    for (const body of asked) {
      const request = transport.request(aRequest(server.url, { body }));
      told.push(await request.then(textOf, (error: BusError) => error.code));
    }

    expect(told).toEqual(asked.map((id) => expect.stringMatching(`^(${id}|BUS_HTTP_FAILED)$`)));
    expect(told.filter((id) => id !== "BUS_HTTP_FAILED").length).toBeGreaterThan(0);
    const arrived = server.received.match(/id \d+/g) ?? [];
    expect(new Set(arrived).size).toBe(arrived.length);
  });

  it("that the server closes instead of a second answer fails that request, and sends it once", async () => {
    const server = await aHostileServer(
      onEachRequest((socket, _, index) => (index === 0 ? socket.write(OK) : socket.destroy())),
    );
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(server.url, { body: "first" }))),
      await fateOf(transport.request(aRequest(server.url, { body: "second" }))),
    ];

    expect(fates).toEqual(["200", "BUS_HTTP_FAILED"]);
    expect(server.received.match(/first|second/g)).toEqual(["first", "second"]);
    expect(server.connections).toBe(1);
  });

  it.each([
    [
      "a body it has cut",
      "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + "x".repeat(100_000),
      { maxAnswerBytes: 10 },
    ],
    ["a body that came short", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", { deadlineMs: 50 }],
    ["a body with broken chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", {}],
  ])("is not kept after %s", async (_, bytes, change) => {
    const server = await aHostileServer(
      onEachRequest((socket, _request, index) => socket.write(index === 0 ? bytes : OK)),
    );
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(server.url, change))),
      await fateOf(transport.request(aRequest(server.url))),
    ];

    expect(fates).toEqual(["200, cut", "200"]);
    expect(server.connections).toBe(2);
  });

  it.each([
    ["says that it closes it", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"],
    [
      "says so in capitals, among other things",
      "HTTP/1.1 200 OK\r\nConnection: keep-alive, CLOSE\r\ncontent-length: 0\r\n\r\n",
    ],
    ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"],
    ["keeps it for no time", "HTTP/1.1 200 OK\r\nkeep-alive: timeout=0\r\ncontent-length: 0\r\n\r\n"],
  ])("is not kept when the server %s, even if it stays open", async (_, bytes) => {
    const server = await aHostileServer(onEachRequest((socket) => socket.write(bytes)));
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(server.url))),
      await fateOf(transport.request(aRequest(server.url))),
    ];

    expect(fates).toEqual(["200", "200"]);
    expect(server.connections).toBe(2);
  });

  it.each([
    "timeout=99999999999999999999",
    "timeout=-1",
    "timeout=",
    "timeout=NaN, max=-1",
    "=,;=",
    "timeout=5".repeat(100),
  ])("is used again or not, but not wrongly, when the server keeps it for %j", async (keepAlive) => {
    const server = await aHostileServer(
      onEachRequest((socket, _, index) =>
        socket.write(
          `HTTP/1.1 ${200 + index} Own\r\nconnection: keep-alive\r\nkeep-alive: ${keepAlive}\r\ncontent-length: 0\r\n\r\n`,
        ),
      ),
    );
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(server.url))),
      await fateOf(transport.request(aRequest(server.url))),
    ];

    expect(fates).toEqual(["200", "201"]);
  });
});
