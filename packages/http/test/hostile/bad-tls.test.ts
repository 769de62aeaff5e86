import type { AddressInfo, Socket } from "node:net";
import { createServer, getCACertificates, setDefaultCACertificates, type TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { CERTIFICATE, PRIVATE_KEY } from "../test-certificate.ts";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, fateOf, SECRET } from "./hostile-request.ts";
import { aHostileServer, answering } from "./hostile-server.ts";
import { EXPIRED, NOT_YET_VALID, UNTIMELY_KEY } from "./untimely-certificates.ts";

const FAILED = "BUS_HTTP_FAILED";
/** The faults of OpenSSL: which one depends on its version. */
const ANY_CODE = /./;
const TRUSTED = { cert: CERTIFICATE, key: PRIVATE_KEY };

/** A TLS server that counts what it can read. */
async function aTlsServer(options: TlsOptions): Promise<{ port: number; read: () => string; protocols: unknown[] }> {
  const protocols: unknown[] = [];
  const sockets = new Set<Socket>();
  let text = "";
  const server = createServer(options, (socket) => {
    protocols.push(socket.alpnProtocol);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (text.includes("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
  });
  server.on("tlsClientError", () => {});
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, read: () => text, protocols };
}

const toLoopback = async () => [{ address: "127.0.0.1", family: 4 as const }];

/** What a server answers to the TLS hello. */
const AFTER_HELLO: readonly [string, string | Uint8Array][] = [
  ["plain HTTP", "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"],
  ["plain HTTP that is fine", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["garbage", Buffer.from("00".repeat(100), "hex")],
  ["words", "SSH-2.0-OpenSSH_9.9\r\n"],
  ["a fatal alert", Buffer.from("15030300020228", "hex")],
  ["a closing alert", Buffer.from("15030300020100", "hex")],
  ["application data at once", Buffer.from("170303000548656c6c6f", "hex")],
  ["a record too long", Buffer.concat([Buffer.from("160303ffff", "hex"), Buffer.alloc(65_535)])],
  ["a hello of nonsense", Buffer.from("160303000402000000", "hex")],
  [
    "1 MB of hello",
    Buffer.concat(
      Array<Buffer>(64).fill(Buffer.concat([Buffer.from("1603034000020fffff", "hex"), Buffer.alloc(16_380)])),
    ),
  ],
];

describe.each(TRANSPORTS)("over $name, nothing of a request is told", ({ make }) => {
  const defaults = getCACertificates("default");
  beforeAll(() => setDefaultCACertificates([...defaults, CERTIFICATE, EXPIRED, NOT_YET_VALID]));
  afterAll(() => setDefaultCACertificates(defaults));

  it.each([
    ["a certificate for another name", TRUSTED, "other.example", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["a certificate for a name above", TRUSTED, "a.hooks.example", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["an expired certificate", { cert: EXPIRED, key: UNTIMELY_KEY }, "hooks.example", "CERT_HAS_EXPIRED"],
    ["a certificate of the future", { cert: NOT_YET_VALID, key: UNTIMELY_KEY }, "hooks.example", "CERT_NOT_YET_VALID"],
    [
      "TLS 1.0",
      { ...TRUSTED, minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" },
      "hooks.example",
      ANY_CODE,
    ],
    [
      "TLS 1.1",
      { ...TRUSTED, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      "hooks.example",
      ANY_CODE,
    ],
    [
      "no common cipher",
      { ...TRUSTED, maxVersion: "TLSv1.2", ciphers: "NULL-SHA256@SECLEVEL=0" },
      "hooks.example",
      ANY_CODE,
    ],
    ["no certificate", { ciphers: "ADH-AES128-SHA256@SECLEVEL=0", maxVersion: "TLSv1.2" }, "hooks.example", ANY_CODE],
    [
      "a demand for a client's certificate",
      { ...TRUSTED, requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" },
      "hooks.example",
      ANY_CODE,
    ],
  ] as const)("to a server with %s", async (_, options, host, code) => {
    const server = await aTlsServer(options);
    const transport = aTransport(make, { resolve: toLoopback });

    const error: unknown = await transport
      .request(aRequest(`https://${host}:${server.port}/${SECRET}`, { deadlineMs: 1_000 }))
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      code: FAILED,
      cause: { code: expect.stringMatching(code) },
    });
    expect(server.read()).toBe("");
  });

  it("to a server whose certificate nobody vouches for", async () => {
    setDefaultCACertificates(defaults);
    onTestFinished(() => setDefaultCACertificates([...defaults, CERTIFICATE, EXPIRED, NOT_YET_VALID]));
    const server = await aTlsServer(TRUSTED);

    const error: unknown = await aTransport(make)
      .request(aRequest(`https://127.0.0.1:${server.port}/`))
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: FAILED, cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
    expect(server.read()).toBe("");
  });

  it.each(AFTER_HELLO)("to a server that answers its hello with %s", async (_, bytes) => {
    const server = await aHostileServer((socket) => socket.once("data", () => socket.end(bytes)));

    const fate = await fateOf(
      aTransport(make).request(aRequest(`https://127.0.0.1:${server.port}/${SECRET}`, { deadlineMs: 1_000 })),
    );

    expect([fate, server.connections]).toEqual([FAILED, 1]);
    expect(server.received).not.toContain(SECRET);
    await server.closed();
  });

  it("to a plain server that waits for more of the hello", async () => {
    const server = await aHostileServer(answering("HTTP/1.1 200 OK\r\n\r\n"));

    const fate = await fateOf(
      aTransport(make).request(aRequest(`https://127.0.0.1:${server.port}/${SECRET}`, { deadlineMs: 100 })),
    );

    expect(fate).toBe("BUS_TIMEOUT");
    expect(server.received).not.toContain(SECRET);
    await server.closed();
  });

  it("again to a server that has changed its certificate for a bad one", async () => {
    const good = await aTlsServer(TRUSTED);
    const transport = aTransport(make, { resolve: toLoopback });

    const trusted = await fateOf(transport.request(aRequest(`https://hooks.example:${good.port}/`)));
    const bad = await aTlsServer({ cert: EXPIRED, key: UNTIMELY_KEY });
    const untrusted = await fateOf(transport.request(aRequest(`https://hooks.example:${bad.port}/`)));

    expect([trusted, untrusted, bad.read()]).toEqual(["200", FAILED, ""]);
  });
});

describe.each(TRANSPORTS)("over $name, TLS", ({ make }) => {
  const defaults = getCACertificates("default");
  beforeAll(() => setDefaultCACertificates([...defaults, CERTIFICATE]));
  afterAll(() => setDefaultCACertificates(defaults));

  it("to a server that would rather speak HTTP/2 carries HTTP/1.1", async () => {
    const server = await aTlsServer({ ...TRUSTED, ALPNProtocols: ["h2", "http/1.1"] });

    const fate = await fateOf(aTransport(make).request(aRequest(`https://127.0.0.1:${server.port}/`)));

    expect(fate).toBe("200");
    expect(server.read()).toMatch(/^POST \/ HTTP\/1\.1\r\n/);
    expect(server.protocols).not.toContain("h2");
  });

  it("is no way around the guard", async () => {
    const server = await aTlsServer(TRUSTED);
    const transport = aTransport(make, { resolve: toLoopback, allow: [] });

    const fate = await fateOf(transport.request(aRequest(`https://hooks.example:${server.port}/`)));

    expect([fate, server.read(), server.protocols]).toEqual(["BUS_ADDRESS_REFUSED", "", []]);
  });
});
