import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { anHttpServer, aRequest, aTcpServer, aTransport, failing } from "./test-server.ts";
import { TRANSPORTS } from "./transports.ts";

describe.each(TRANSPORTS)("over $name", ({ make }) => {
  describe("the deadline", () => {
    it("ends a request that gets no answer, and closes its socket", async () => {
      const closed = Promise.withResolvers<void>();
      const server = await aTcpServer((socket) => socket.once("close", () => closed.resolve()));

      await expect(aTransport(make).request(aRequest(server.url, { deadlineMs: 300 }))).rejects.toEqual(
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

      await expect(aTransport(make).request(aRequest(server.url, { deadlineMs: 50 }))).rejects.toEqual(
        failing("BUS_TIMEOUT"),
      );
    });

    it("covers interim answers without end", async () => {
      const server = await aTcpServer((socket) => {
        const drip = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n"), 5);
        socket.once("close", () => clearInterval(drip));
      });

      await expect(aTransport(make).request(aRequest(server.url, { deadlineMs: 50 }))).rejects.toEqual(
        failing("BUS_TIMEOUT"),
      );
    });

    it("covers a body that the target does not read", async () => {
      const server = await aTcpServer((socket) => socket.pause());
      const body = new Uint8Array(20_000_000);

      await expect(aTransport(make).request(aRequest(server.url, { body, deadlineMs: 50 }))).rejects.toEqual(
        failing("BUS_TIMEOUT"),
      );
    });

    it("covers the look-up, which is told", async () => {
      const told = Promise.withResolvers<void>();
      const transport = aTransport(make, {
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

      await expect(aTransport(make).request(aRequest(`${server.url}?secret`, { deadlineMs: 20 }))).rejects.toThrow(
        `The request to http://127.0.0.1:${server.port} took longer than 20 ms.`,
      );
    });
  });

  describe("the signal", () => {
    const reason = new Error("the lease ended");

    it("stops a request before it is sent", async () => {
      const signal = AbortSignal.abort(reason);

      await expect(aTransport(make).request(aRequest("http://127.0.0.1:1/", { signal }))).rejects.toBe(reason);
    });

    it("stops a request that waits for its answer", async () => {
      const controller = new AbortController();
      const server = await aTcpServer(() => controller.abort(reason));

      await expect(aTransport(make).request(aRequest(server.url, { signal: controller.signal }))).rejects.toBe(reason);
    });

    it("stops a request that reads its answer", async () => {
      const controller = new AbortController();
      const server = await aTcpServer((socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
        setTimeout(() => controller.abort(reason), 20);
      });

      await expect(aTransport(make).request(aRequest(server.url, { signal: controller.signal }))).rejects.toBe(reason);
    });

    it("is let go of afterwards", async () => {
      const { signal } = new AbortController();
      const server = await anHttpServer((_request, response) => response.end());

      await aTransport(make).request(aRequest(server.url, { signal }));

      expect(getEventListeners(signal, "abort")).toEqual([]);
    });
  });
});
