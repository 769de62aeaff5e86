import { describe, expect, it } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { aRequest, aTransport, fateOf } from "./hostile-request.ts";
import { aHostileServer, onEachRequest } from "./hostile-server.ts";

const FAILED = "BUS_HTTP_FAILED";
const HEAD = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";

/** More than the kernel takes without a reader. */
const LARGE = Buffer.alloc(20_000_000, "x");

const HOW = ["end", "destroy", "resetAndDestroy"] as const;

describe.each(TRANSPORTS)("over $name, a server", ({ make }) => {
  describe.each(HOW)("that closes with %s", (how) => {
    it.each(["http", "https"])("on accept makes %s fail", async (scheme) => {
      const server = await aHostileServer((socket) => socket[how]());

      const fate = await fateOf(aTransport(make).request(aRequest(`${scheme}://127.0.0.1:${server.port}/`)));

      expect([fate, server.connections]).toEqual([FAILED, 1]);
    });

    it("after the TLS hello makes the request fail, and learns nothing of it", async () => {
      const server = await aHostileServer((socket) => socket.once("data", () => socket[how]()));

      const fate = await fateOf(aTransport(make).request(aRequest(`https://127.0.0.1:${server.port}/hook-path`)));

      expect([fate, server.connections]).toEqual([FAILED, 1]);
      expect(server.received).not.toContain("hook-path");
      expect(server.received.charCodeAt(0)).toBe(0x16);
    });

    it("after the request makes it fail, and it is sent once", async () => {
      const server = await aHostileServer(onEachRequest((socket) => socket[how]()));

      const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

      expect([fate, server.connections]).toEqual([FAILED, 1]);
      expect(server.received.match(/POST /g)).toHaveLength(1);
    });

    it("amid the request's body makes it fail, and it is sent once", async () => {
      const server = await aHostileServer((socket) => {
        let size = 0;
        socket.on("data", (bytes) => {
          size += bytes.length;
          if (size > 100_000) socket[how]();
        });
      });

      const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE, deadlineMs: 1_000 })));

      expect([fate, server.connections]).toEqual([FAILED, 1]);
      await server.closed();
    });

    it.each([
      ["in the status line", "HTTP/1.1 20"],
      ["behind the status line", "HTTP/1.1 200 OK\r\n"],
      ["in a header", "HTTP/1.1 200 OK\r\nx-a: 1"],
      ["before the blank line", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"],
      ["after an interim answer", "HTTP/1.1 103 Early Hints\r\n\r\n"],
    ])("%s makes the request fail", async (_, bytes) => {
      const server = await aHostileServer(onEachRequest((socket) => socket.write(bytes, () => socket[how]())));

      const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

      expect([fate, server.connections]).toEqual([FAILED, 1]);
    });

    it.each([
      ["right behind the headers", HEAD],
      ["in the body", `${HEAD}half`],
      ["in a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal"],
      ["between chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ])("%s has answered, if it was heard", async (_, bytes) => {
      const server = await aHostileServer(
        onEachRequest((socket) => socket.write(bytes, () => setTimeout(() => socket[how](), 10))),
      );

      const fate = await fateOf(aTransport(make).request(aRequest(server.url)));

      expect([fate, server.connections]).toEqual(["200, cut", 1]);
    });
  });

  it("that ends its side after the request and answers nothing makes it fail at once", async () => {
    const server = await aHostileServer((socket) => socket.once("data", () => socket.end()));
    const startedAt = performance.now();

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE })));

    expect(fate).toBe(FAILED);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("that answers early and reads on has answered", async () => {
    const server = await aHostileServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    });

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE })));

    expect(fate).toMatch(/^413/);
    await server.closed();
  });

  it("that answers early, over a connection to keep, has answered", async () => {
    const server = await aHostileServer((socket) => {
      socket.once("data", () => socket.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n"));
    });
    const transport = aTransport(make);

    const first = await fateOf(transport.request(aRequest(server.url, { body: LARGE })));

    expect(first).toMatch(/^413/);
  });

  it("that answers early and reads no more has answered", async () => {
    const server = await aHostileServer((socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      });
    });

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE, deadlineMs: 500 })));

    expect(fate).toMatch(/^413/);
  });

  it.each(["destroy", "resetAndDestroy"] as const)(
    "that answers early and leaves with %s may be heard or not",
    async (how) => {
      const server = await aHostileServer((socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", () => socket[how]());
        });
      });

      const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE, deadlineMs: 1_000 })));

      expect(fate).toMatch(/^(413(, cut)?|BUS_HTTP_FAILED)$/);
      expect(server.connections).toBe(1);
    },
  );

  it("that never reads a large body ends at the deadline, with nothing left open", async () => {
    const server = await aHostileServer((socket) => socket.pause());
    const startedAt = performance.now();

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE, deadlineMs: 200 })));

    expect([fate, server.connections]).toEqual(["BUS_TIMEOUT", 1]);
    expect(performance.now() - startedAt).toBeLessThan(450);
  });

  it("that reads a large body a little at a time ends at the deadline", async () => {
    const server = await aHostileServer((socket) => {
      socket.pause();
      const drip = setInterval(() => socket.read(1_000), 5);
      socket.once("close", () => clearInterval(drip));
    });

    const fate = await fateOf(aTransport(make).request(aRequest(server.url, { body: LARGE, deadlineMs: 200 })));

    expect([fate, server.connections]).toEqual(["BUS_TIMEOUT", 1]);
  });
});
