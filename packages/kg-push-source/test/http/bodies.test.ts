import { memoryStore, type Store } from "@bus/core";
import { describe, expect, it, vi } from "vitest";
import { aPushOf, aPushSource, aServer, aTagsEvent, PATH, TOKEN } from "../a-push-source.ts";
import { aSocket, exchange, HEAD, pour } from "../sockets.ts";
import { aSlowStore } from "../stores.ts";

const MIB = 1024 * 1024;
const BODY = JSON.stringify(aPushOf(aTagsEvent()).body);
const SIXTEEN_KIB = " ".repeat(16 * 1024);
const CHUNK = `4000\r\n${SIXTEEN_KIB}\r\n`;
const WITH_BODY = `${HEAD}Content-Length: ${BODY.length}\r\n`;

/** A source, and where it serves: by a server of the host's, or by its own listener. */
async function aServedSource(face: "node" | "listener", store: Store = memoryStore()) {
  const source = await aPushSource({ face, store });
  return { ...source, url: face === "node" ? await aServer(source.api) : (source.api.url ?? "") };
}

describe.each(["node", "listener"] as const)("a body that comes to the %s face", (face) => {
  it.each([
    ["a gigabyte, as it says", `${HEAD}Content-Length: ${1024 * MIB}\r\n\r\n`, SIXTEEN_KIB, 413],
    ["without end", `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, CHUNK, 413],
    ["without end, from a stranger", `${HEAD.replace(TOKEN, "x")}Transfer-Encoding: chunked\r\n\r\n`, CHUNK, 401],
    ["without end, of another type", `${HEAD.replace("json", "xml")}Transfer-Encoding: chunked\r\n\r\n`, CHUNK, 415],
  ])(
    "%s, is not received: its sender gets the answer, and the connection is closed",
    async (_case, head, chunk, status) => {
      const { url, published } = await aServedSource(face);

      const { taken, answer } = await pour(url, head, chunk);

      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\nconnection: close\r\n[^]*"status":"error"`, "i"));
      expect(taken).toBeLessThan(64 * MIB);
      expect(published).toEqual([]);
    },
  );

  it.each([
    ["too large", HEAD, 413],
    ["a stranger's", HEAD.replace(TOKEN, "x"), 401],
  ])(
    "%s, is taken off the line until its sender, who first writes it all, can read the answer",
    async (_case, head, status) => {
      const { url } = await aServedSource(face);
      const socket = await aSocket(url);

      const body = Buffer.alloc(12 * MIB, " ");
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
      await new Promise<void>((resolve, reject) => {
        socket.write(body, (error) => (error ? reject(error) : resolve()));
      });

      expect((await socket.toArray()).join("")).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    },
  );

  it("in pieces of one byte is put together", async () => {
    const { url, published } = await aServedSource(face);
    const pieces = BODY.replace(/[^]/g, "1\r\n$&\r\n");

    const answer = await exchange(
      url,
      `${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(published).toHaveLength(1);
  });

  it("ends where it says, and another push may follow on the connection", async () => {
    const { url, published } = await aServedSource(face);
    const refused = BODY.replace("events", "evants");
    const last = WITH_BODY + `Idempotency-Key: another\r\nConnection: close\r\n\r\n${BODY}`;

    const answer = await exchange(url, `${WITH_BODY}\r\n${BODY}${WITH_BODY}\r\n${refused}${last}`);

    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400", "HTTP/1.1 200"]);
    expect(published).toHaveLength(2);
  });

  it("under two Authorization headers is refused, also when the first is right", async () => {
    const { url, published } = await aServedSource(face);

    const answer = await exchange(url, `${WITH_BODY}Authorization: Token ${TOKEN}\r\nConnection: close\r\n\r\n${BODY}`);

    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(published).toEqual([]);
  });

  it("may come slowly, and holds no other push", async () => {
    const { url, push, published } = await aServedSource(face);
    const slow = await Promise.all(Array.from({ length: 50 }, () => aSocket(url)));
    for (const socket of slow) socket.write(`${WITH_BODY}\r\n${BODY.slice(0, 10)}`);

    const answer = await push(aPushOf({ event: { type: "quick" } }));
    expect([answer.status, published.length]).toEqual([200, 1]);
    const answers = slow.map(async (socket) => {
      socket.end(BODY.slice(10));
      return (await socket.toArray()).join("");
    });

    for (const text of await Promise.all(answers)) expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(published).toHaveLength(2);
  });

  it("may break off: nothing is published, nobody is told, and others are served", async () => {
    const { url, push, published, logged } = await aServedSource(face);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => aSocket(url)));

    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of sockets) socket.write(`${WITH_BODY}\r\n${BODY.slice(0, 10)}`, () => socket.resetAndDestroy());
    await Promise.all(closed);
    const answer = await push(aPushOf({ event: { type: "after" } }));

    expect(answer.status).toBe(200);
    expect(published).toMatchObject([{ data: { type: "after" } }]);
    expect(logged).toEqual([]);
  });

  it("of a caller who has gone by the time of the answer is published all the same", async () => {
    const { store, appending, let: letIt } = aSlowStore();
    const { url, bus, published, logged } = await aServedSource(face, store);
    const socket = await aSocket(url);

    socket.write(`${WITH_BODY}\r\n${BODY}`);
    await appending;
    socket.resetAndDestroy();
    // It arrives after the reset.
    await fetch(new URL("/", url));
    letIt();
    await vi.waitFor(() => expect(published).toHaveLength(1));
    await bus.stop();

    expect(logged).toEqual([]);
  });
});

describe("the listener", () => {
  it("asks for a body that waits to be asked for, once it wants it", async () => {
    const { url } = await aServedSource("listener");
    const socket = await aSocket(url);

    socket.write(`${WITH_BODY}Expect: 100-continue\r\nConnection: close\r\n\r\n`);
    const asked = await new Promise((resolve) => socket.once("data", (data) => resolve(String(data))));
    socket.write(BODY);

    expect(asked).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    expect((await socket.toArray()).join("")).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ["of a stranger", `${HEAD.replace(TOKEN, "x")}Content-Length: 100\r\n`, 401],
    ["that is too large", `${HEAD}Content-Length: ${9 * MIB}\r\n`, 413],
  ])("does not ask for a body %s", async (_case, head, status) => {
    const { url } = await aServedSource("listener");
    const socket = await aSocket(url);

    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    const answer = await new Promise((resolve) => socket.once("data", (data) => resolve(String(data))));

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it("serves nothing but pushes", async () => {
    const { url } = await aServedSource("listener");

    const answers = ["/", "/health", `${PATH}/`, `/x${PATH}`].map(
      async (path) => (await fetch(new URL(path, url))).status,
    );

    expect(await Promise.all(answers)).toEqual([404, 404, 404, 404]);
  });
});

it("a body of a million pieces takes no more memory than its bytes", async () => {
  const { api } = await aPushSource();
  const piece = Buffer.from(" ");
  let sent = 0;
  let most = 0;
  const body = new ReadableStream({
    pull(controller) {
      if ((sent += 1) % 50_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
      if (sent > 1_000_000) controller.close();
      else controller.enqueue(piece);
    },
  });
  const before = process.memoryUsage().heapUsed;

  const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };
  const init: RequestInit = { method: "POST", headers, body, duplex: "half" };
  const answer = await api.fetch(new Request(`http://localhost${PATH}`, init));

  expect(answer.status).toBe(400);
  expect(most - before).toBeLessThan(128 * MIB);
});
