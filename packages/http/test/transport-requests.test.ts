import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { outcomeOfError } from "../src/index.ts";
import { anHttpServer, aRequest, aTcpServer, aTransport, bodyOf, failing } from "./test-server.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("over $name", ({ make }) => {
  describe("a request", () => {
    it.each(["POST", "PUT", "PATCH", "DELETE"] as const)(
      "sends a %s as it is, and reads the answer",
      async (method) => {
        let seen = {};
        const server = await anHttpServer(async (request, response) => {
          seen = { method: request.method, url: request.url, headers: request.headers, body: await bodyOf(request) };
          response.writeHead(201, { "X-Answer": "yes", "set-cookie": ["a=1", "b=2"] }).end("ação");
        });

        const answer = await aTransport(make).request(
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
      },
    );

    it.each(["POST", "GET", "PUT", "PATCH", "DELETE"] as const)("may be a %s without a body", async (method) => {
      const server = await anHttpServer(async (request, response) => response.end(await bodyOf(request)));

      const answer = await aTransport(make).request({ method, url: server.url, deadlineMs: 5_000 });

      expect(answer).toMatchObject({ status: 200, body: Buffer.from("") });
    });

    it("sends bytes, and more than fit one packet", async () => {
      const server = await anHttpServer(async (request, response) =>
        response.end(String((await bodyOf(request)).length)),
      );

      const answer = await aTransport(make).request(aRequest(server.url, { body: new Uint8Array(1_000_000).fill(97) }));

      expect(Buffer.from(answer.body).toString()).toBe("1000000");
    });

    it("may have a user agent of its own", async () => {
      const server = await anHttpServer((request, response) => response.end(request.headers["user-agent"]));
      const transport = aTransport(make, { userAgent: "Trino/1" });

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

      await expect(aTransport(make).request(aRequest(server.url, change))).rejects.toEqual(failing(code));

      expect(isReached).toBe(false);
    });

    it("is not sent as a GET with a body", async () => {
      await expect(aTransport(make).request(aRequest("http://127.0.0.1", { method: "GET" }))).rejects.toThrow(
        TypeError,
      );
    });

    it("is sent once: a failure is not tried again", async () => {
      let requests = 0;
      const server = await aTcpServer((socket) => {
        requests += 1;
        socket.destroy();
      });

      await expect(aTransport(make).request(aRequest(server.url))).rejects.toEqual(failing("BUS_HTTP_FAILED"));

      expect(requests).toBe(1);
    });

    it("keeps its secrets out of what a failure shows", async () => {
      const server = await aTcpServer((socket) => socket.destroy());
      const url = `${server.url}/path-secret?token=query-secret`;

      const error: unknown = await aTransport(make)
        .request(aRequest(url, { headers: { authorization: "header-secret" }, body: "body-secret" }))
        .catch((reason: unknown) => reason);

      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("secret");
      expect(outcomeOfError(error)).toMatchObject({
        kind: "retry",
        reason: expect.stringContaining(`http://127.0.0.1:${server.port} failed at the exchange`),
      });
    });

    it("keeps its secrets out of what a failure shows, even if the target sends them back", async () => {
      const server = await aTcpServer((socket, bytes) => socket.end(bytes));

      const error: unknown = await aTransport(make)
        .request(aRequest(`${server.url}/path-secret`, { headers: { authorization: "header-secret" } }))
        .catch((reason: unknown) => reason);

      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).toContain("BUS_HTTP_FAILED");
      expect(shown).not.toContain("secret");
      expect(shown).not.toContain("73 65 63 72 65 74");
    });

    it("says that nobody listens", async () => {
      const server = await aTcpServer(() => {});
      const closed = `http://127.0.0.1:${server.port === 1 ? 2 : 1}/`;

      await expect(aTransport(make).request(aRequest(closed))).rejects.toThrow(/failed at connect \(ECONNREFUSED\)/);
    });
  });

  describe("an answer", () => {
    it.each([301, 302, 303, 307, 308])("of %d is not followed", async (status) => {
      const paths: unknown[] = [];
      const server = await anHttpServer((request, response) => {
        paths.push(request.url);
        response.writeHead(status, { location: "/elsewhere" }).end();
      });

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(answer).toMatchObject({ status, headers: { location: "/elsewhere" } });
      expect(paths).toEqual(["/hook"]);
    });

    it.each([400, 404, 410, 429, 500, 503])("of %d is an answer, not an error", async (status) => {
      const server = await anHttpServer((_request, response) => response.writeHead(status).end("why"));

      await expect(aTransport(make).request(aRequest(server.url))).resolves.toMatchObject({ status });
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

      const answer = await aTransport(make).request(aRequest(server.url, { maxAnswerBytes: 25_000 }));

      expect(answer).toMatchObject({ status: 200, isTruncated: true, body: Buffer.from("x".repeat(25_000)) });
      await closed.promise;
    });

    it.each([
      [65_536, false],
      [65_537, true],
    ])("of %d bytes is cut at 64 KiB: %s", async (size, isTruncated) => {
      const server = await anHttpServer((_request, response) => response.end("x".repeat(size)));

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(answer.isTruncated).toBe(isTruncated);
      expect(answer.body.byteLength).toBe(65_536);
    });

    it("is never decompressed", async () => {
      const bomb = gzipSync(Buffer.alloc(10_000_000));
      const server = await anHttpServer((_request, response) =>
        response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
      );

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(Buffer.from(answer.body).equals(bomb)).toBe(true);
    });

    it("counts although the connection is reset in its body", async () => {
      const server = await aTcpServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", () => socket.resetAndDestroy());
      });

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(answer).toMatchObject({ status: 200, isTruncated: true });
    });

    it("counts although the connection is reset in a body without a length", async () => {
      const server = await aTcpServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\nhalf", () => setImmediate(() => socket.resetAndDestroy()));
      });

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(answer).toMatchObject({ status: 200, isTruncated: true });
    });

    it("without a length ends with its connection", async () => {
      const server = await aTcpServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nall of it"));

      const answer = await aTransport(make).request(aRequest(server.url));

      expect(answer).toMatchObject({ status: 200, body: Buffer.from("all of it"), isTruncated: false });
    });

    it("has repeated headers joined, whichever they are", async () => {
      const server = await aTcpServer((socket) => {
        socket.end(
          "HTTP/1.1 503 Busy\r\nretry-after: 1\r\nRetry-After: 2\r\nx-a: a\r\nx-a: b\r\ncontent-length: 0\r\n\r\n",
        );
      });

      const { headers } = await aTransport(make).request(aRequest(server.url));

      expect(headers).toMatchObject({ "retry-after": "1, 2", "x-a": "a, b" });
    });

    it("may come in the tiniest parts", async () => {
      const server = await aTcpServer((socket) => {
        socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(3_000)}0\r\n\r\n`);
      });

      const answer = await aTransport(make).request(aRequest(server.url, { maxAnswerBytes: 2_500 }));

      expect(answer).toMatchObject({ body: Buffer.from("x".repeat(2_500)), isTruncated: true });
    });

    it("counts although its body drips past the deadline", async () => {
      const server = await anHttpServer((_request, response) => {
        response.write("begin");
        const drip = setInterval(() => response.write("."), 5);
        response.on("close", () => clearInterval(drip));
      });

      const answer = await aTransport(make).request(aRequest(server.url, { deadlineMs: 100 }));

      expect(answer).toMatchObject({ status: 200, isTruncated: true });
      expect(Buffer.from(answer.body).toString()).toMatch(/^begin\.*$/);
      expect(answer.latencyMs).toBeLessThan(1_000);
    });

    it("that comes before the request is all sent counts", async () => {
      const server = await anHttpServer((_request, response) => {
        response.writeHead(413, { connection: "close" }).end();
      });

      const answer = await aTransport(make).request(aRequest(server.url, { body: "x".repeat(200_000) }));

      expect(answer.status).toBe(413);
    });

    it.each([
      ["is no HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
      ["has endless headers", `HTTP/1.1 200 OK\r\n${`x-a: ${"a".repeat(1000)}\r\n`.repeat(40)}`],
      ["never begins", "\r\n".repeat(100_000)],
      ["is cut in its headers", "HTTP/1.1 200 OK\r\nx-a:"],
      ["is framed twice", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"],
    ])("that %s is a failure", async (_, bytes) => {
      const server = await aTcpServer((socket) => socket.end(bytes));

      await expect(aTransport(make).request(aRequest(server.url))).rejects.toEqual(failing("BUS_HTTP_FAILED"));
    });
  });
});
