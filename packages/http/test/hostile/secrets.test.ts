import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { outcomeOfError, type HttpRequest } from "../../src/index.ts";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, SECRET } from "./hostile-request.ts";
import { aHostileServer, onEachRequest } from "./hostile-server.ts";

/** Ways for a server to make a request fail, some of which hand its own words back. */
const FAILING: readonly [string, Parameters<typeof aHostileServer>[0]][] = [
  ["echoes it", (socket) => void socket.pipe(socket)],
  ["echoes it as a status line", onEachRequest((socket, request) => socket.end(`HTTP/1.1 ${request}`))],
  ["echoes it as a reason", onEachRequest((socket, request) => socket.end(`HTTP/1.1 20 ${request}`))],
  [
    "echoes it behind a broken header",
    onEachRequest((socket, request) => socket.end(`HTTP/1.1 200 OK\r\n${request}\0\r\n`)),
  ],
  [
    "echoes it in headers that are too long",
    onEachRequest((socket, request) => socket.end(`HTTP/1.1 200 OK\r\nx-a: ${encodeURI(request).repeat(200)}`)),
  ],
  ["resets it", onEachRequest((socket) => socket.resetAndDestroy())],
  ["closes it", onEachRequest((socket) => socket.end())],
  ["never answers it", () => {}],
];

describe.each(TRANSPORTS)("over $name, the error of a request shows nothing secret of it", ({ make }) => {
  const everywhere = (port: number, change: Partial<HttpRequest> = {}) =>
    aRequest(`http://127.0.0.1:${port}/${SECRET}?token=${SECRET}#${SECRET}`, { deadlineMs: 200, ...change });

  it.each(FAILING)("when the server %s", async (_, onConnection) => {
    const server = await aHostileServer(onConnection);

    const error: unknown = await aTransport(make)
      .request(everywhere(server.port))
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(server.received).toContain(SECRET);
    expect(inspect(error, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(SECRET);
    expect(JSON.stringify(outcomeOfError(error))).not.toContain(SECRET);
  });

  it.each([
    ["nobody listens", (port: number) => everywhere(port, { url: `http://127.0.0.1:1/${SECRET}` })],
    ["its address is refused", (port: number) => everywhere(port, { url: `http://10.0.0.1/${SECRET}` })],
    ["its URL has credentials", (port: number) => everywhere(port, { url: `http://a:${SECRET}@127.0.0.1:${port}/` })],
    ["its URL is none", (port: number) => everywhere(port, { url: `http://127.0.0.1 /${SECRET}` })],
    ["its header is none", (port: number) => everywhere(port, { headers: { "x-a": `${SECRET}\r\n` } })],
    ["its server speaks no TLS", (port: number) => everywhere(port, { url: `https://127.0.0.1:${port}/${SECRET}` })],
  ])("when %s", async (_, request) => {
    const server = await aHostileServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad\r\n\r\n")));

    const error: unknown = await aTransport(make)
      .request(request(server.port))
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(SECRET);
    expect(JSON.stringify(outcomeOfError(error))).not.toContain(SECRET);
  });
});
