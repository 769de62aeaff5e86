import { describe, expect, it } from "vitest";
import { aRequest, aTransport, countConnects, fateOf, SECRET } from "./hostile-request.ts";
import { aHostileServer, answering, onEachRequest, type HostileServer } from "./hostile-server.ts";
import { TRANSPORTS } from "../transports.ts";

/** Where an attacker may point: `elsewhere` is another server that the transport may reach. */
const LOCATIONS: readonly [string, (elsewhere: HostileServer) => string][] = [
  ["another server", ({ url }) => url],
  ["another server without its scheme", ({ port }) => `//127.0.0.1:${port}/`],
  ["another name of loopback", ({ port }) => `http://localhost:${port}/`],
  ["a private address", () => "http://10.0.0.1/"],
  ["a metadata service", () => "http://169.254.169.254/latest/meta-data/"],
  ["a metadata service in IPv6", () => "http://[fd00:ec2::254]/"],
  ["a file", () => "file:///etc/passwd"],
  ["gopher", ({ port }) => `gopher://127.0.0.1:${port}/_POST`],
  ["a unix socket", () => "http://unix:/var/run/docker.sock:/"],
  ["data", () => "data:text/plain,1"],
  ["a path", () => "/elsewhere"],
  ["a path beside", () => "elsewhere?again=1"],
  ["itself", () => ""],
  ["nonsense", () => "http://[::1:99999999/%zz"],
  ["bytes that are no UTF-8", () => "http://h\xf6oks.example/\xff\xfe"],
  ["10 KB", () => `http://hooks.example/${"a".repeat(10_000)}`],
  ["someone with credentials", ({ port }) => `http://user:password@127.0.0.1:${port}/`],
];

const OTHER_HEADERS: readonly [string, (elsewhere: HostileServer) => string][] = [
  ["two locations", ({ url }) => `location: /a\r\nlocation: ${url}`],
  ["a refresh", ({ url }) => `refresh: 0; url=${url}`],
  ["a content-location", ({ url }) => `content-location: ${url}`],
  ["an alternative service", ({ port }) => `alt-svc: h2="127.0.0.1:${port}"; ma=86400`],
  ["a link to load", ({ url }) => `link: <${url}>; rel=preload`],
  ["a proxy to use", ({ url }) => `location: ${url}\r\nproxy-authenticate: Basic`],
];

describe.each(TRANSPORTS)("over $name, a redirect is answered as it is and not followed", ({ make }) => {
  it.each(
    [300, 301, 302, 303, 305, 306, 307, 308].flatMap((status) =>
      LOCATIONS.map(([name, of]) => [status, name, of] as const),
    ),
  )("%d to %s", async (status, _, locationOf) => {
    const elsewhere = await aHostileServer(answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    const location = locationOf(elsewhere);
    const answer = `HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;
    const server = await aHostileServer(answering(Buffer.from(answer, "latin1")));
    const transport = aTransport(make, { allow: ["127.0.0.1", "localhost"] });
    const connects = countConnects();

    const { headers, ...rest } = await transport.request(aRequest(server.url));

    expect(rest).toMatchObject({ status, isTruncated: false });
    expect(headers["location"]).toBe(location);
    expect([connects.count, server.connections, elsewhere.connections]).toEqual([1, 1, 0]);
    expect(server.received.match(/POST \//g)).toHaveLength(1);
  });

  it.each(
    [200, 201, 304, 302, 401, 407, 426, 503].flatMap((status) =>
      OTHER_HEADERS.map(([name, of]) => [status, name, of] as const),
    ),
  )("%d with %s", async (status, _, headersOf) => {
    const elsewhere = await aHostileServer(answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    const server = await aHostileServer(
      answering(
        `HTTP/1.1 ${status} Moved\r\n${headersOf(elsewhere)}\r\nwww-authenticate: Basic\r\ncontent-length: 0\r\n\r\n`,
      ),
    );
    const connects = countConnects();

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect(fate).toBe(String(status));
    expect([connects.count, server.connections, elsewhere.connections]).toEqual([1, 1, 0]);
  });

  it("307 in a location with a line break: what comes behind it is a header of the answer, and no more", async () => {
    const elsewhere = await aHostileServer(answering("HTTP/1.1 200 OK\r\n\r\n"));
    const server = await aHostileServer(
      answering(`HTTP/1.1 307 Moved\r\nlocation: /a\r\nx-injected: ${elsewhere.url}\r\ncontent-length: 0\r\n\r\n`),
    );

    const answer = await aTransport(make).request(aRequest(server.url));

    expect(answer.headers).toMatchObject({ location: "/a", "x-injected": elsewhere.url });
    expect(elsewhere.connections).toBe(0);
  });

  it.each(["\r", "\n", "\0"])("307 with a bare %j in its location is no answer", async (character) => {
    const elsewhere = await aHostileServer(answering("HTTP/1.1 200 OK\r\n\r\n"));
    const server = await aHostileServer(
      answering(`HTTP/1.1 307 Moved\r\nlocation: /a${character}b ${elsewhere.url}\r\ncontent-length: 0\r\n\r\n`),
    );

    const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

    expect([fate, elsewhere.connections]).toEqual(["BUS_HTTP_FAILED", 0]);
  });

  it("307 a hundred times over one socket, each with one request", async () => {
    const server = await aHostileServer(
      onEachRequest((socket, _, index) => {
        socket.write(`HTTP/1.1 307 Moved\r\nlocation: /${index}\r\ncontent-length: 0\r\n\r\n`);
      }),
    );
    const transport = aTransport(make);

    for (let turn = 0; turn < 100; turn += 1) await transport.request(aRequest(server.url));

    expect(server.received.match(new RegExp(`x-trino-signature: ${SECRET}`, "gi"))).toHaveLength(100);
    expect(server.connections).toBe(1);
  });
});
