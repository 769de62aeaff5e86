import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

/** Resolves once the server has closed, after `limitMs` at the latest. */
export type StopServer = (server: Server, limitMs: number) => Promise<unknown>;

export function limitTest(stop: StopServer): void {
  it("cuts off a request that takes longer than the limit", async () => {
    const server = createServer(() => undefined).listen(0);
    const sent = request({ port: (server.address() as AddressInfo).port }).end();
    const failed = once(sent, "error");
    await once(server, "request");

    await stop(server, 10);

    expect(await failed).toEqual([expect.objectContaining({ code: "ECONNRESET" })]);
  });
}

export function keptConnectionTest(stop: StopServer): void {
  it("tells a client that sends on to take another connection", async () => {
    const server = createServer().listen(0);
    const client = connect((server.address() as AddressInfo).port);
    const answers = text(client);
    client.write("GET /1 HTTP/1.1\r\nhost: desk\r\n\r\n");
    const [, first] = await once(server, "request");

    const stopped = stop(server, 60_000);
    client.write("GET /2 HTTP/1.1\r\nhost: desk\r\n\r\n");
    const [, second] = await once(server, "request");
    first.end();
    second.end();
    await stopped;

    expect((await answers).match(/^connection: .*$/gim)).toEqual(["Connection: keep-alive", "connection: close"]);
  });
}
