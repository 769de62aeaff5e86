import { describe, expect, it } from "vitest";
import { BusError } from "@bus/core";
import type { HttpTransport, ResolveHost } from "../src/index.ts";
import { anHttpServer, aRequest, aTcpServer, aTransport, failing } from "./test-server.ts";
import { TRANSPORTS } from "./transports.ts";

const REFUSED = failing("BUS_ADDRESS_REFUSED");

/** Answers each look-up with the next of the given answers. */
function resolving(...answers: readonly (readonly string[])[]): ResolveHost {
  const left = [...answers];
  return async () =>
    (left.shift() ?? []).map((address) => ({ address, family: address.includes(":") ? (6 as const) : (4 as const) }));
}

/** Those of the hosts whose request is refused for its address. */
async function refusedOf(hosts: readonly string[], send: (host: string) => ReturnType<HttpTransport["request"]>) {
  const errors = await Promise.all(hosts.map((host) => send(host).catch((error: unknown) => error)));
  return hosts.filter((_, index) => BusError.is(errors[index], "BUS_ADDRESS_REFUSED"));
}

describe.each(TRANSPORTS)("over $name", ({ make }) => {
  describe("without an allow-list", () => {
    it.each(["http", "https"])("no spelling of loopback is reached over %s", async (scheme) => {
      let isReached = false;
      const server = await anHttpServer((_request, response) => response.end(String((isReached = true))));
      const transport = aTransport(make, { allow: [] });
      const hosts = [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST",
        "localhost.",
      ];

      const refused = await refusedOf(hosts, (host) =>
        transport.request(aRequest(`${scheme}://${host}:${server.port}/`)),
      );

      expect(refused).toEqual(hosts);

      expect(isReached).toBe(false);
    });

    it.each([
      ["a private address", ["10.0.0.1"]],
      ["a metadata service", ["169.254.169.254"]],
      ["a public and a private address", ["93.184.215.14", "127.0.0.1"]],
      ["a private IPv6 and a public address", ["fd00::1", "93.184.215.14"]],
      ["a mapped address", ["::ffff:127.0.0.1"]],
      ["an address with a zone", ["fe80::1%lo"]],
      ["no address at all", ["localhost"]],
    ])("a name that leads to %s is refused", async (_, addresses) => {
      const transport = aTransport(make, { allow: [], resolve: resolving(addresses) });

      await expect(transport.request(aRequest("http://hooks.example/"))).rejects.toEqual(REFUSED);
    });
  });

  describe("a name", () => {
    it("is resolved once for a socket, so that a second answer changes nothing", async () => {
      const server = await anHttpServer((_request, response) => response.end());
      const transport = aTransport(make, { resolve: resolving(["127.0.0.1"], ["10.0.0.1"]) });
      const request = aRequest(`http://hooks.example:${server.port}/`);

      const first = await transport.request(request);
      const pooled = await transport.request(request);

      expect([first.status, pooled.status]).toEqual([200, 200]);
    });

    it("is checked again for each new socket", async () => {
      const server = await anHttpServer((_request, response) => response.writeHead(200, { connection: "close" }).end());
      const transport = aTransport(make, { resolve: resolving(["127.0.0.1"], ["10.0.0.1"]) });
      const request = aRequest(`http://hooks.example:${server.port}/`);

      await transport.request(request);

      await expect(transport.request(request)).rejects.toEqual(REFUSED);
    });

    it("that does not resolve is a failure to try again", async () => {
      const unknown = aTransport(make, {
        resolve: async () => Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" })),
      });
      const empty = aTransport(make, { resolve: resolving([]) });

      await expect(unknown.request(aRequest("http://hooks.example/"))).rejects.toThrow(
        /failed at the name look-up \(ENOTFOUND\)/,
      );
      await expect(empty.request(aRequest("http://hooks.example/"))).rejects.toThrow(/found no address/);
    });

    it("whose look-up hangs holds up no other", async () => {
      const server = await anHttpServer((_request, response) => response.end());
      const hung = new Set<string>();
      const transport = aTransport(make, {
        resolve: async (hostname) => {
          if (hostname === "fine.example") return [{ address: "127.0.0.1", family: 4 }];
          hung.add(hostname);
          return new Promise(() => {});
        },
      });
      const waiting = Array.from({ length: 20 }, (_, index) =>
        transport.request(aRequest(`http://hung-${index}.example/`)),
      );
      const ended = Promise.allSettled(waiting);

      const answer = await transport.request(aRequest(`http://fine.example:${server.port}/`));

      expect(answer.status).toBe(200);
      expect(hung.size).toBe(20);
      await transport.stop();
      await ended;
    });
  });

  describe("an allow-list", () => {
    it.each([
      ["the address", "127.0.0.1", ["127.0.0.1"]],
      ["its range", "127.0.0.1", ["127.0.0.0/8"]],
      ["the name", "localhost", ["localhost"]],
      ["the name, written with a dot", "localhost.", ["localhost"]],
      ["the address a name leads to", "localhost", ["127.0.0.0/8", "::1"]],
    ])("lets through by %s", async (_, host, allow) => {
      const server = await anHttpServer((_request, response) => response.end());
      const url = `http://${host}:${server.port}/`;

      await expect(aTransport(make, { allow }).request(aRequest(url))).resolves.toMatchObject({ status: 200 });
      await expect(aTransport(make, { allow: [] }).request(aRequest(url, { allow }))).resolves.toMatchObject({
        status: 200,
      });
    });

    it("of one request opens no way for another, not even over a socket in the pool", async () => {
      const server = await anHttpServer((_request, response) => response.end());
      const transport = aTransport(make, { allow: [] });

      await transport.request(aRequest(server.url, { allow: ["127.0.0.1"] }));

      await expect(transport.request(aRequest(server.url))).rejects.toEqual(REFUSED);
      await expect(transport.request(aRequest(server.url, { allow: ["10.0.0.0/8"] }))).rejects.toEqual(REFUSED);
    });

    it.each(["http", "https"])("is held against the other end before a byte is sent over %s", async (scheme) => {
      let isReached = false;
      const closed = Promise.withResolvers<void>();
      const server = await aTcpServer(() => (isReached = true), closed.resolve);
      const transport = aTransport(make, { allow: ["0.0.0.0"] });

      // The kernel connects 0.0.0.0 to loopback.
      await expect(transport.request(aRequest(`${scheme}://0.0.0.0:${server.port}/`))).rejects.toEqual(REFUSED);
      await closed.promise;

      expect(isReached).toBe(false);
    });

    it.each(["http", "https"])("that covers everything still keeps metadata services out, over %s", async (scheme) => {
      const transport = aTransport(make, { allow: ["0.0.0.0/0", "::/0"] });

      const hosts = ["169.254.169.254", "168.63.129.16", "[fd00:ec2::254]", "[::ffff:a9fe:a9fe]"];

      const refused = await refusedOf(hosts, (host) => transport.request(aRequest(`${scheme}://${host}/`)));

      expect(refused).toEqual(hosts);
    });
  });
});
