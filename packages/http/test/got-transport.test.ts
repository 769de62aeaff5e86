import { getEventListeners } from "node:events";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { gotTransport, outcomeOfError, type HttpRequest } from "../src/index.ts";
import { CERTIFICATE } from "./test-certificate.ts";
import { anHttpServer, anHttpsServer, aTcpServer, aTransport, bodyOf } from "./test-server.ts";

function aRequest(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "POST", url, body: "{}", deadlineMs: 5_000, ...change };
}

const failing = (code: string) => expect.objectContaining({ code });

describe("a request", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"] as const)("sends a %s as it is, and reads the answer", async (method) => {
    let seen = {};
    const server = await anHttpServer(async (request, response) => {
      seen = { method: request.method, url: request.url, headers: request.headers, body: await bodyOf(request) };
      response.writeHead(201, { "X-Answer": "yes", "set-cookie": ["a=1", "b=2"] }).end("ação");
    });

    const answer = await aTransport().request(
      aRequest(`${server.url}?a=1`, { method, body: '{"a":"é"}', headers: { "X-Trino-Event": "message_created" } }),
    );

    expect(seen).toMatchObject({
      method,
      url: "/hook?a=1",
      headers: {
        "x-trino-event": "message_created",
        "content-length": "10",
        "user-agent": "bus-http",
        "accept-encoding": "identity",
      },
      body: '{"a":"é"}',
    });
    expect(answer).toMatchObject({
      status: 201,
      headers: { "x-answer": "yes", "set-cookie": "a=1, b=2" },
      isTruncated: false,
    });
    expect(Buffer.from(answer.body).toString()).toBe("ação");
    expect(answer.latencyMs).toBeGreaterThan(0);
  });

  it.each(["POST", "GET", "PUT", "PATCH", "DELETE"] as const)("may be a %s without a body", async (method) => {
    const server = await anHttpServer(async (request, response) => response.end(await bodyOf(request)));

    const answer = await aTransport().request({ method, url: server.url, deadlineMs: 5_000 });

    expect(answer).toMatchObject({ status: 200, body: Buffer.from("") });
  });

  it("sends bytes, and more than fit one packet", async () => {
    const server = await anHttpServer(async (request, response) =>
      response.end(String((await bodyOf(request)).length)),
    );

    const answer = await aTransport().request(aRequest(server.url, { body: new Uint8Array(1_000_000).fill(97) }));

    expect(Buffer.from(answer.body).toString()).toBe("1000000");
  });

  it("may have a user agent of its own", async () => {
    const server = await anHttpServer((request, response) => response.end(request.headers["user-agent"]));
    const transport = aTransport({ userAgent: "Trino/1" });

    const byDefault = await transport.request(aRequest(server.url));
    const own = await transport.request(aRequest(server.url, { headers: { "User-Agent": "own" } }));

    expect([byDefault, own].map(({ body }) => Buffer.from(body).toString())).toEqual(["Trino/1", "own"]);
  });

  it.each([
    [
      "a content-length, which would smuggle a second request",
      { headers: { "Content-Length": "1" } },
      "BUS_HEADER_INVALID",
    ],
    ["a header with a line break", { headers: { "x-a": "1\r\nx-b: 2" } }, "BUS_HEADER_INVALID"],
    ["an URL that is none", { url: "hook" }, "BUS_URL_INVALID"],
    ["an URL with credentials", { url: "http://a:b@127.0.0.1" }, "BUS_URL_INVALID"],
    ["an allow-list that is none", { allow: ["*"] }, "BUS_OPTION_INVALID"],
  ])("is not sent with %s", async (_, change, code) => {
    let isReached = false;
    const server = await anHttpServer((_request, response) => response.end(String((isReached = true))));

    await expect(aTransport().request(aRequest(server.url, change))).rejects.toEqual(failing(code));

    expect(isReached).toBe(false);
  });

  it("is not sent as a GET with a body", async () => {
    await expect(aTransport().request(aRequest("http://127.0.0.1", { method: "GET" }))).rejects.toThrow(TypeError);
  });

  it("is sent once: a failure is not tried again", async () => {
    let requests = 0;
    const server = await aTcpServer((socket) => {
      requests += 1;
      socket.destroy();
    });

    await expect(aTransport().request(aRequest(server.url))).rejects.toEqual(failing("BUS_HTTP_FAILED"));

    expect(requests).toBe(1);
  });

  it("keeps its secrets out of what a failure shows", async () => {
    const server = await aTcpServer((socket) => socket.destroy());
    const url = `${server.url}/path-secret?token=query-secret`;

    const error: unknown = await aTransport()
      .request(aRequest(url, { headers: { authorization: "header-secret" }, body: "body-secret" }))
      .catch((reason: unknown) => reason);

    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("secret");
    expect(outcomeOfError(error)).toMatchObject({
      kind: "retry",
      reason: expect.stringContaining(`http://127.0.0.1:${server.port} failed at the exchange`),
    });
  });

  it("says that nobody listens", async () => {
    const server = await aTcpServer(() => {});
    const closed = `http://127.0.0.1:${server.port === 1 ? 2 : 1}/`;

    await expect(aTransport().request(aRequest(closed))).rejects.toThrow(/failed at connect \(ECONNREFUSED\)/);
  });
});

describe("an answer", () => {
  it.each([301, 302, 303, 307, 308])("of %d is not followed", async (status) => {
    const paths: unknown[] = [];
    const server = await anHttpServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });

    const answer = await aTransport().request(aRequest(server.url));

    expect(answer).toMatchObject({ status, headers: { location: "/elsewhere" } });
    expect(paths).toEqual(["/hook"]);
  });

  it.each([400, 404, 410, 429, 500, 503])("of %d is an answer, not an error", async (status) => {
    const server = await anHttpServer((_request, response) => response.writeHead(status).end("why"));

    await expect(aTransport().request(aRequest(server.url))).resolves.toMatchObject({ status });
  });

  it("is read up to its cap, and the connection closed", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await anHttpServer((_request, response) => {
      response.on("close", closed.resolve);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", more);
      more();
    });

    const answer = await aTransport().request(aRequest(server.url, { maxAnswerBytes: 25_000 }));

    expect(answer).toMatchObject({ status: 200, isTruncated: true, body: Buffer.from("x".repeat(25_000)) });
    await closed.promise;
  });

  it.each([
    [65_536, false],
    [65_537, true],
  ])("of %d bytes is cut at 64 KiB: %s", async (size, isTruncated) => {
    const server = await anHttpServer((_request, response) => response.end("x".repeat(size)));

    const answer = await aTransport().request(aRequest(server.url));

    expect(answer.isTruncated).toBe(isTruncated);
    expect(answer.body.byteLength).toBe(65_536);
  });

  it("is never decompressed", async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const server = await anHttpServer((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );

    const answer = await aTransport().request(aRequest(server.url));

    expect(Buffer.from(answer.body).equals(bomb)).toBe(true);
  });

  it("counts although the connection is reset in its body", async () => {
    const server = await aTcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", () => socket.resetAndDestroy());
    });

    const answer = await aTransport().request(aRequest(server.url));

    expect(answer).toMatchObject({ status: 200, isTruncated: true });
  });

  it("counts although its body drips past the deadline", async () => {
    const server = await anHttpServer((_request, response) => {
      response.write("begin");
      const drip = setInterval(() => response.write("."), 5);
      response.on("close", () => clearInterval(drip));
    });

    const answer = await aTransport().request(aRequest(server.url, { deadlineMs: 100 }));

    expect(answer).toMatchObject({ status: 200, isTruncated: true });
    expect(Buffer.from(answer.body).toString()).toMatch(/^begin\.*$/);
    expect(answer.latencyMs).toBeLessThan(1_000);
  });

  it("that comes before the request is all sent counts", async () => {
    const server = await anHttpServer((_request, response) => {
      response.writeHead(413, { connection: "close" }).end();
    });

    const answer = await aTransport().request(aRequest(server.url, { body: "x".repeat(200_000) }));

    expect(answer.status).toBe(413);
  });

  it.each([
    ["is no HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["has endless headers", `HTTP/1.1 200 OK\r\n${`x-a: ${"a".repeat(1000)}\r\n`.repeat(40)}`],
    ["is cut in its headers", "HTTP/1.1 200 OK\r\nx-a:"],
    ["is framed twice", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"],
  ])("that %s is a failure", async (_, bytes) => {
    const server = await aTcpServer((socket) => socket.end(bytes));

    await expect(aTransport().request(aRequest(server.url))).rejects.toEqual(failing("BUS_HTTP_FAILED"));
  });
});

describe("the deadline", () => {
  it("ends a request that gets no answer, and closes its socket", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await aTcpServer((socket) => socket.once("close", () => closed.resolve()));

    await expect(aTransport().request(aRequest(server.url, { deadlineMs: 50 }))).rejects.toEqual(
      failing("BUS_TIMEOUT"),
    );

    await closed.promise;
  });

  it("covers headers that drip", async () => {
    const server = await aTcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("x-a: 1\r\n"), 5);
      socket.once("close", () => clearInterval(drip));
    });

    await expect(aTransport().request(aRequest(server.url, { deadlineMs: 50 }))).rejects.toEqual(
      failing("BUS_TIMEOUT"),
    );
  });

  it("covers interim answers without end", async () => {
    const server = await aTcpServer((socket) => {
      const drip = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 5);
      socket.once("close", () => clearInterval(drip));
    });

    await expect(aTransport().request(aRequest(server.url, { deadlineMs: 50 }))).rejects.toEqual(
      failing("BUS_TIMEOUT"),
    );
  });

  it("covers a body that the target does not read", async () => {
    const server = await aTcpServer((socket) => socket.pause());
    const body = new Uint8Array(20_000_000);

    await expect(aTransport().request(aRequest(server.url, { body, deadlineMs: 50 }))).rejects.toEqual(
      failing("BUS_TIMEOUT"),
    );
  });

  it("covers the look-up, which is told", async () => {
    const told = Promise.withResolvers<void>();
    const transport = aTransport({
      resolve: (_hostname, signal) => {
        signal.addEventListener("abort", () => told.resolve());
        return new Promise(() => {});
      },
    });

    await expect(transport.request(aRequest("http://hooks.example/", { deadlineMs: 50 }))).rejects.toEqual(
      failing("BUS_TIMEOUT"),
    );
    await told.promise;
  });

  it("names the origin alone", async () => {
    const server = await aTcpServer(() => {});

    await expect(aTransport().request(aRequest(`${server.url}?secret`, { deadlineMs: 20 }))).rejects.toThrow(
      `The request to http://127.0.0.1:${server.port} took longer than 20 ms.`,
    );
  });
});

describe("the signal", () => {
  const reason = new Error("the lease ended");

  it("stops a request before it is sent", async () => {
    const signal = AbortSignal.abort(reason);

    await expect(aTransport().request(aRequest("http://127.0.0.1:1/", { signal }))).rejects.toBe(reason);
  });

  it("stops a request that waits for its answer", async () => {
    const controller = new AbortController();
    const server = await aTcpServer(() => controller.abort(reason));

    await expect(aTransport().request(aRequest(server.url, { signal: controller.signal }))).rejects.toBe(reason);
  });

  it("stops a request that reads its answer", async () => {
    const controller = new AbortController();
    const server = await aTcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
      setTimeout(() => controller.abort(reason), 20);
    });

    await expect(aTransport().request(aRequest(server.url, { signal: controller.signal }))).rejects.toBe(reason);
  });

  it("is let go of afterwards", async () => {
    const { signal } = new AbortController();
    const server = await anHttpServer((_request, response) => response.end());

    await aTransport().request(aRequest(server.url, { signal }));

    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("sockets", () => {
  it("are kept for the next request to the same target", async () => {
    const sockets = new Set();
    const server = await anHttpServer((request, response) => {
      sockets.add(request.socket);
      response.end("done");
    });
    const transport = aTransport();

    for (let turn = 0; turn < 3; turn += 1) await transport.request(aRequest(server.url));

    expect(sockets.size).toBe(1);
  });

  it("are closed by stop, busy ones too, and their requests fail", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const server = await aTcpServer((socket) => {
      socket.once("close", () => closed.resolve());
      arrived.resolve();
    });
    const transport = gotTransport({ allow: ["127.0.0.1"] });
    const pending = transport.request(aRequest(server.url)).catch((error: unknown) => error);
    await arrived.promise;

    await transport.stop();
    await transport.stop();

    expect(await pending).toEqual(failing("BUS_NOT_RUNNING"));
    await closed.promise;
    await expect(transport.request(aRequest(server.url))).rejects.toEqual(failing("BUS_NOT_RUNNING"));
  });
});

describe("https", () => {
  const defaults = getCACertificates("default");
  afterAll(() => setDefaultCACertificates(defaults));

  it("refuses a certificate that nobody vouches for", async () => {
    const server = await anHttpsServer((_request, response) => response.end());

    await expect(aTransport().request(aRequest(server.url))).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT/);
  });

  it("checks the certificate against the name, on pinned addresses too", async () => {
    setDefaultCACertificates([...defaults, CERTIFICATE]);
    const server = await anHttpsServer((request, response) => response.end(request.headers.host));
    const transport = aTransport({ resolve: async () => [{ address: "127.0.0.1", family: 4 }] });

    const answer = await transport.request(aRequest(`https://hooks.example:${server.port}/`));

    expect(Buffer.from(answer.body).toString()).toBe(`hooks.example:${server.port}`);
    await expect(transport.request(aRequest(`https://other.example:${server.port}/`))).rejects.toThrow(
      /ERR_TLS_CERT_ALTNAME_INVALID/,
    );
  });
});
