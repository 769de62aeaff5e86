import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { ResolvedAddress, ResolveHost } from "../../src/index.ts";
import { aRequest, aTransport, countConnects, fateOf } from "./hostile-request.ts";
import { aHostileServer, answering, onEachRequest } from "./hostile-server.ts";
import { TRANSPORTS } from "../transports.ts";

const EMPTY_200 = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/** Answers each look-up with the next of `answers`, and notes what was asked. */
function resolving(...answers: readonly (readonly string[])[]): { resolve: ResolveHost; asked: string[] } {
  const asked: string[] = [];
  const resolve: ResolveHost = async (hostname) => {
    const answer = answers[asked.push(hostname) - 1] ?? [];
    return answer.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  return { resolve, asked };
}

describe.each(TRANSPORTS)("over $name, a name", ({ make }) => {
  it.each([
    ["loopback", ["127.0.0.1"]],
    ["another loopback", ["127.255.0.9"]],
    ["IPv6 loopback", ["::1"]],
    ["a private address", ["10.0.0.1"]],
    ["no address in particular", ["0.0.0.0"]],
    ["AWS's metadata service", ["169.254.169.254"]],
    ["AWS's over IPv6", ["fd00:ec2::254"]],
    ["Azure's wire server", ["168.63.129.16"]],
    ["a mapped address", ["::ffff:127.0.0.1"]],
    ["a mapped address in hex", ["::ffff:7f00:1"]],
    ["an address behind NAT64", ["64:ff9b::a00:1"]],
    ["a link-local address with a zone", ["fe80::1%lo"]],
    ["public, then private", ["93.184.215.14", "10.0.0.1"]],
    ["private, then public", ["10.0.0.1", "93.184.215.14"]],
    ["many public ones and one private", [...Array<string>(1_000).fill("93.184.215.14"), "10.0.0.1"]],
    ["public IPv6, then private IPv4", ["2606:4700::1111", "192.168.0.1"]],
    ["words", ["not-an-ip"]],
    ["another name", ["localhost"]],
    ["nothing in quotes", [""]],
    ["an address with a port", ["93.184.215.14:80"]],
    ["an address in brackets", ["[2606:4700::1111]"]],
    ["a number", ["2130706433"]],
    ["a short form", ["127.1"]],
    ["octal", ["0177.0.0.1"]],
    ["a range", ["93.184.215.0/24"]],
    ["an address with a line break", ["93.184.215.14\n"]],
    ["public, then nonsense", ["93.184.215.14", "?"]],
  ])("that leads to %s is refused, and nothing connected", async (_, addresses) => {
    const { resolve, asked } = resolving(addresses);
    const connects = countConnects();

    const transport = aTransport(make, { allow: [], resolve });
    const fates = await Promise.all(
      ["http", "https"].map((scheme) => fateOf(transport.request(aRequest(`${scheme}://hooks.example/`)))),
    );

    // The second look-up finds no address at all.
    expect(fates.toSorted()).toEqual(["BUS_ADDRESS_REFUSED", "BUS_HTTP_FAILED"]);
    expect(asked).toEqual(["hooks.example", "hooks.example"]);
    expect(connects.count).toBe(0);
  });

  it.each([
    ["has no address", async () => []],
    ["throws", async () => Promise.reject(new Error("SERVFAIL"))],
    [
      "throws at once",
      () => {
        throw new Error("broken");
      },
    ],
    ["throws nothing", async () => Promise.reject(undefined)],
    ["answers undefined", async () => undefined],
    ["answers a text", async () => "127.0.0.1"],
    ["answers addresses that are none", async () => [undefined, null]],
    ["answers addresses of another shape", async () => [["127.0.0.1", 4]]],
  ])("whose look-up %s fails, and nothing is connected", async (_, resolve) => {
    const connects = countConnects();

    const transport = aTransport(make, { resolve: resolve as unknown as ResolveHost });
    const fate = await fateOf(transport.request(aRequest("http://hooks.example/")));

    expect(fate).toMatch(/^BUS_(HTTP_FAILED|ADDRESS_REFUSED)$/);
    expect(connects.count).toBe(0);
  });

  it("whose look-up hangs ends at the deadline", async () => {
    const transport = aTransport(make, { resolve: () => new Promise<ResolvedAddress[]>(() => {}) });
    const startedAt = performance.now();

    const fate = await fateOf(transport.request(aRequest("https://hooks.example/", { deadlineMs: 200 })));

    expect(fate).toBe("BUS_TIMEOUT");
    expect(performance.now() - startedAt).toBeLessThan(450);
  });

  it("whose look-up answers after the deadline opens no socket any more", async () => {
    const found = Promise.withResolvers<ResolvedAddress[]>();
    const connects = countConnects();
    const transport = aTransport(make, { resolve: () => found.promise });

    const fate = await fateOf(transport.request(aRequest("http://hooks.example:1/", { deadlineMs: 50 })));
    found.resolve([{ address: "127.0.0.1", family: 4 }]);
    await new Promise((resolve) => setImmediate(resolve));

    expect([fate, connects.count]).toEqual(["BUS_TIMEOUT", 0]);
  });

  it("is looked up once for a socket, which leads to what was checked", async () => {
    const server = await aHostileServer(answering(EMPTY_200, "keep"));
    const { resolve, asked } = resolving(["127.0.0.1"], ["127.0.0.2"]);
    const connects = countConnects();
    const transport = aTransport(make, { resolve });
    const request = aRequest(`http://hooks.example:${server.port}/`);

    const fates = [await fateOf(transport.request(request)), await fateOf(transport.request(request))];

    expect(fates).toEqual(["200", "200"]);
    expect([asked.length, connects.count, server.connections]).toEqual([1, 1, 1]);
  });

  it("that is first allowed and then rebound is refused with the next socket", async () => {
    const server = await aHostileServer(answering(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`));
    const { resolve, asked } = resolving(["127.0.0.1"], ["127.0.0.2"], ["169.254.169.254"], ["127.0.0.1"]);
    const connects = countConnects();
    const transport = aTransport(make, { resolve });
    const request = aRequest(`http://hooks.example:${server.port}/`);

    const fates: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) fates.push(await fateOf(transport.request(request)));

    expect(fates).toEqual(["200", "BUS_ADDRESS_REFUSED", "BUS_ADDRESS_REFUSED", "200"]);
    expect([asked.length, connects.count, server.connections]).toEqual([4, 2, 2]);
  });

  it("that is allowed leads wherever it leads, but never to a metadata service", async () => {
    const server = await aHostileServer(answering(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`));
    const { resolve } = resolving(["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "fd00:ec2::254"]);
    const transport = aTransport(make, { resolve, allow: ["hooks.internal"] });
    const request = aRequest(`http://hooks.internal:${server.port}/`);

    const fates: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) fates.push(await fateOf(transport.request(request)));

    expect(fates).toEqual(["200", "BUS_ADDRESS_REFUSED", "BUS_ADDRESS_REFUSED"]);
    expect(server.connections).toBe(1);
  });

  it.each([
    ["an IDN", "bücher.example", "xn--bcher-kva.example"],
    ["enclosed letters", "ⓔⓧⓐⓜⓟⓛⓔ.example", "example.example"],
    ["capitals", "HOOKS.Example", "hooks.example"],
    ["a closing dot", "hooks.example.", "hooks.example."],
    ["a name of localhost's", "a.b.localhost", "a.b.localhost"],
    ["an address with two closing dots", "127.0.0.1..", "127.0.0.1.."],
    ["an address within a name", "127.0.0.1.nip.io", "127.0.0.1.nip.io"],
  ])("that is %s is looked up as it is dialled and told, and checked", async (_, host, asked) => {
    const server = await aHostileServer(answering(EMPTY_200));
    const lookUps = resolving(["127.0.0.1"], ["127.0.0.1"]);
    const url = `http://${host}:${server.port}/var/run/docker.sock:/a`;

    const refused = await fateOf(aTransport(make, { allow: [], resolve: lookUps.resolve }).request(aRequest(url)));
    const passed = await fateOf(aTransport(make, { resolve: lookUps.resolve }).request(aRequest(url)));

    expect([refused, passed]).toEqual(["BUS_ADDRESS_REFUSED", "200"]);
    expect(lookUps.asked).toEqual([asked, asked]);
    expect(server.received.toLowerCase()).toContain(`\r\nhost: ${asked}:${server.port}\r\n`);
  });

  it("that is unix is no way to a unix socket", async () => {
    const connects = countConnects();
    const transport = aTransport(make, { resolve: resolving(["10.0.0.1"]).resolve });

    const fate = await fateOf(transport.request(aRequest("http://unix:/var/run/docker.sock:/containers/json")));

    expect(fate).toMatch(/^BUS_(ADDRESS_REFUSED|HTTP_FAILED)$/);
    expect(connects.count).toBe(0);
  });
});

describe.each(TRANSPORTS)("over $name, what one request is allowed", ({ make }) => {
  it("opens no way for others, neither over a kept socket nor over a busy one", async () => {
    const held = Promise.withResolvers<Socket>();
    const server = await aHostileServer(
      onEachRequest((socket, _request, index) => {
        if (index === 0) socket.write(EMPTY_200);
        else held.resolve(socket);
      }),
    );
    const transport = aTransport(make, {
      allow: [],
      resolve: resolving(["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"]).resolve,
    });
    const url = `http://hooks.example:${server.port}/`;
    const connects = countConnects();

    const first = await fateOf(transport.request(aRequest(url, { allow: ["hooks.example"] })));
    const overKept = await fateOf(transport.request(aRequest(url)));
    const busy = fateOf(transport.request(aRequest(url, { allow: ["hooks.example"] })));
    const heldSocket = await held.promise;
    const besideBusy = await fateOf(transport.request(aRequest(url, { allow: ["10.0.0.0/8", "other.example"] })));
    heldSocket.write(EMPTY_200);

    expect([first, overKept, besideBusy, await busy]).toEqual([
      "200",
      "BUS_ADDRESS_REFUSED",
      "BUS_ADDRESS_REFUSED",
      "200",
    ]);
    expect([connects.count, server.connections]).toEqual([1, 1]);
  });
});
