import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { anHttpServer } from "../test-server.ts";
import { aRequest, aTransport, countConnects, fateOf } from "./hostile-request.ts";
import { aHostileServer, answering } from "./hostile-server.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/** Headers that would say more than one header, or frame the message. */
const REFUSED: readonly [string, Record<string, unknown>][] = [
  ["CR LF in a value", { "x-a": "1\r\nx-b: 2" }],
  ["LF in a value", { "x-a": "1\nx-b: 2" }],
  ["CR in a value", { "x-a": "1\rx-b: 2" }],
  ["CR LF at the end of a value", { "x-a": "1\r\n" }],
  ["a whole request in a value", { "x-a": "1\r\n\r\nPOST /second HTTP/1.1\r\nhost: a\r\n\r\n" }],
  ["a null in a value", { "x-a": "1\0" }],
  ["an escape in a value", { "x-a": "\x1b[2J" }],
  ["DEL in a value", { "x-a": "\x7f" }],
  ["a line separator in a value", { "x-a": "1\u2028x-b: 2" }],
  ["a paragraph separator in a value", { "x-a": "1\u2029x-b: 2" }],
  ["what latin1 would cut down to CR LF", { "x-a": "1\u010d\u010ax-b: 2" }],
  ["fullwidth CR LF", { "x-a": "1\uff0d\uff0ax-b: 2" }],
  ["a lone surrogate in a value", { "x-a": "\ud800" }],
  ["CR LF in a name", { "x-a: 1\r\nx-b": "2" }],
  ["LF in a name", { "x-a\n": "1" }],
  ["a null in a name", { "x-a\0": "1" }],
  ["a colon in a name", { "x-a:": "1" }],
  ["a blank in a name", { "x a": "1" }],
  ["a blank behind a name", { "content-length ": "1" }],
  ["a tab before a name", { "\ttransfer-encoding": "chunked" }],
  ["an empty name", { "": "1" }],
  ["a line separator in a name", { "x-a\u2028": "1" }],
  ["a Kelvin sign for a k", { "\u212aeep-alive": "1" }],
  ["a long s for an s", { "ho\u017ft": "other.example" }],
  ["a lone surrogate in a name", { "x-\udfff": "1" }],
  ["a length", { "Content-Length": "0" }],
  ["chunks", { "Transfer-Encoding": "chunked" }],
  ["chunks in another case", { "tRANSFER-eNCODING": "identity" }],
  ["a host", { Host: "other.example" }],
  ["a connection", { Connection: "upgrade, x-trino-signature" }],
  ["keep-alive", { "Keep-Alive": "timeout=9999" }],
  ["a trailer", { Trailer: "x-a" }],
  ["te", { TE: "trailers" }],
  ["an upgrade", { Upgrade: "h2c" }],
  ["HTTP/2 settings", { "HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA" }],
  ["an expectation", { Expect: "100-continue" }],
  ["a proxy's authorization", { "Proxy-Authorization": "Basic YQ==" }],
  ["a proxy's connection", { "proxy-connection": "keep-alive" }],
  ["a header of HTTP/2", { ":authority": "other.example" }],
  ["a list for a value", { "x-a": ["1", "2"] }],
  ["a list of one with a line break", { "x-a": ["1\r\nx-b: 2"] }],
  ["an object for a value", { "x-a": { toString: () => "1\r\nx-b: 2" } }],
  ["a number for a value", { "x-a": 1 }],
  ["undefined for a value", { "x-a": undefined }],
  ["one header twice", { "X-A": "1", "x-a": "2" }],
];

const BAD_URLS = [
  "/\r\nx-injected: 1",
  "/a b",
  "/\n",
  "/\0",
  "/\t",
  "/\u2028",
  "/\u00a0",
  "/a\r\n\r\nPOST /second HTTP/1.1\r\n\r\n",
];

/** URLs that go out in another spelling, which has no line break in it. */
const SAFE_URLS: readonly [string, string][] = [
  ["/%0d%0ax-injected:%201", "/%0d%0ax-injected:%201"],
  ["/%00", "/%00"],
  ["/\u560d\u560a", "/%E5%98%8D%E5%98%8A"],
  ["/\ud800", "/%EF%BF%BD"],
  ["/?q=\u00e9\ud83d", "/?q=%C3%A9%EF%BF%BD"],
  ["/a/../../b", "/b"],
  ["/a\\..\\b", "/b"],
  ["/?a=b#secret-fragment", "/?a=b"],
];

describe.each(TRANSPORTS)("over $name, a request", ({ make }) => {
  it.each(REFUSED)("with %s in its headers is not sent", async (_, headers) => {
    const server = await aHostileServer(answering(OK));
    const connects = countConnects();

    const fate = await fateOf(
      aTransport(make).request(aRequest(server.url, { headers: headers as Record<string, string> })),
    );

    expect([fate, connects.count, server.received]).toEqual(["BUS_HEADER_INVALID", 0, ""]);
  });

  it.each(BAD_URLS)("to %j is not sent", async (path) => {
    const server = await aHostileServer(answering(OK));

    const fate = await fateOf(aTransport(make).request(aRequest(`http://127.0.0.1:${server.port}${path}`)));

    expect([fate, server.received]).toEqual(["BUS_URL_INVALID", ""]);
  });

  it.each(SAFE_URLS)("to %j asks for %s", async (path, target) => {
    const server = await aHostileServer(answering(OK));

    const fate = await fateOf(aTransport(make).request(aRequest(`http://127.0.0.1:${server.port}${path}`)));

    expect(fate).toBe("200");
    expect(server.received.slice(0, server.received.indexOf("\r\n"))).toBe(`POST ${target} HTTP/1.1`);
    expect(server.received).not.toMatch(/^x-injected|secret-fragment/im);
  });

  it.each([
    ["a URL of 100 KB", `/${"a".repeat(100_000)}`, {}],
    ["a header of 1 MB", "/", { "x-a": "a".repeat(1_000_000) }],
    ["10,000 headers", "/", Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x-${index}`, "1"]))],
  ])("with %s goes out whole, and what comes of it is the server's to say", async (_, path, headers) => {
    const server = await aHostileServer(answering(OK));
    const strict = await anHttpServer((_request, response) => response.end());
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(`http://127.0.0.1:${server.port}${path}`, { headers }))),
      await fateOf(transport.request(aRequest(`http://127.0.0.1:${strict.port}${path}`, { headers }))),
    ];

    expect(fates).toEqual(["200", expect.stringMatching(/^(431(, cut)?|BUS_HTTP_FAILED)$/)]);
    expect(server.received.length).toBeGreaterThan(100_000);
  });

  it.each([
    ["a lone surrogate", '"\ud800"', '"\ufffd"'],
    ["a lone low surrogate", "\udc00", "\ufffd"],
    ["surrogates the wrong way round", "\udc00\ud83d", "\ufffd\ufffd"],
    ["half an emoji at its end", "hello \ud83d", "hello \ufffd"],
    ["an emoji", "\ud83d\ude00", "\ud83d\ude00"],
    ["a request of its own", "0\r\n\r\nPOST /second HTTP/1.1\r\n\r\n", "0\r\n\r\nPOST /second HTTP/1.1\r\n\r\n"],
    ["nulls", "\0\0\0", "\0\0\0"],
  ])("with %s in its body has the length of its bytes", async (_, body, arrived) => {
    const server = await aHostileServer(answering(OK, "keep"));
    const transport = aTransport(make);

    const fates = [
      await fateOf(transport.request(aRequest(server.url, { body }))),
      await fateOf(transport.request(aRequest(server.url, { body: "next" }))),
    ];

    expect(fates).toEqual(["200", "200"]);
    const [, first = ""] = server.received.split(/\r\n\r\n(.*)POST \/hook HTTP\/1.1\r\n(?!\r\n)/s);
    expect(Buffer.from(first, "latin1").toString()).toBe(arrived);
    expect(server.received).toContain(`content-length: ${Buffer.byteLength(body)}\r\n`);
    expect(server.connections).toBe(1);
  });

  it.each([
    ["as bytes", Buffer.alloc(50_000_000, "0123456789")],
    ["as text", "0123456789".repeat(5_000_000)],
  ])("of 50 MB arrives whole, %s", async (_, body) => {
    const server = await anHttpServer(async (request, response) => {
      const hash = createHash("sha256");
      for await (const chunk of request) hash.update(chunk as Uint8Array);
      response.end(`${request.headers["content-length"]} ${hash.digest("hex")}`);
    });

    const answer = await aTransport(make).request(aRequest(server.url, { body }));

    expect(Buffer.from(answer.body).toString()).toBe(`50000000 ${createHash("sha256").update(body).digest("hex")}`);
  });

  it("with a part of a buffer for its body sends that part alone", async () => {
    const server = await aHostileServer(answering(OK));
    const buffer = Buffer.from("secret-before hello secret-behind");

    await aTransport(make).request(aRequest(server.url, { headers: {}, body: buffer.subarray(14, 19) }));

    expect(server.received).toContain("content-length: 5\r\n");
    expect(server.received).toMatch(/\r\n\r\nhello$/);
    expect(server.received).not.toContain("secret-");
  });

  it("that is refused leaves the transport as it was", async () => {
    const server = await aHostileServer(answering(OK, "keep"));
    const transport = aTransport(make);
    const refused = [
      aRequest(server.url, { headers: { "x-a": "\r\n" } }),
      aRequest("http://127.0.0.1\r\n/"),
      aRequest(server.url, { allow: ["*"] }),
      aRequest("http://10.0.0.1/"),
    ];

    const fates = await Promise.all(refused.map((request) => fateOf(transport.request(request))));

    expect(fates).toEqual(["BUS_HEADER_INVALID", "BUS_URL_INVALID", "BUS_OPTION_INVALID", "BUS_ADDRESS_REFUSED"]);
    expect(await fateOf(transport.request(aRequest(server.url)))).toBe("200");
    expect(server.connections).toBe(1);
  });
});
