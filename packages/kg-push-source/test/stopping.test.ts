import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { BusError, createBus, defineSource, memoryStore, type SourcePlugin } from "@bus/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { kgPushEvents, kgPushSource, type KgPushSourceApi } from "../src/index.ts";
import { aPushOf, aPushSource, aServer, FACES, PATH, TOKEN } from "./a-push-source.ts";
import { aSocket, HEAD } from "./sockets.ts";
import { aSlowStore } from "./stores.ts";

const PUSH = aPushOf({ event: { type: "a" } });

describe.each(FACES)("when the bus stops, the %s face", (face) => {
  it("finishes what is being published, and takes nothing more", async () => {
    const { store, appending, let: letIt } = aSlowStore();
    const { bus, api, push } = await aPushSource({ face, store });
    const underWay = push(PUSH);
    await appending;

    const stopped = bus.stop();
    await vi.waitFor(() => expect(bus.state).toBe("stopping"));
    const late = await api.fetch(
      new Request(`http://chat.test${PATH}`, { method: "POST", headers: { authorization: `Token ${TOKEN}` } }),
    );
    letIt();
    const answer = await underWay;
    await stopped;

    expect(answer.status).toBe(200);
    expect([late.status, late.headers.get("retry-after"), await late.json()]).toEqual([
      503,
      "5",
      { status: "error", error: "unavailable", message: "The service is not running" },
    ]);
  });
});

describe("a body that is still being sent when the bus stops", () => {
  it.each(["node", "listener"] as const)("is cut off by the %s face", async (face) => {
    const { bus, api, clock } = await aPushSource({ face });
    const url = face === "node" ? await aServer(api) : (api.url ?? "");
    const socket = await aSocket(url);
    let answer = "";
    socket.on("data", (data) => (answer += String(data))).on("error", () => undefined);
    socket.write(`${HEAD}Content-Length: 100\r\nExpect: 100-continue\r\n\r\n`);
    await vi.waitFor(() => expect(answer).toContain("100 Continue"));
    socket.write("{");

    await bus.stop();

    await vi.waitFor(() => expect(answer).toMatch(/HTTP\/1.1 503 [^]*retry-after: 5/i));
    await clock.advance(5_000);
    await vi.waitFor(() => expect(socket.readableEnded || socket.destroyed).toBe(true));
  });

  it("is cut off by the Fetch face, and cancelled", async () => {
    const { bus, api } = await aPushSource();
    const [pulled, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let controller: ReadableStreamDefaultController | undefined;
    const body = new ReadableStream({
      start: (given) => {
        controller = given;
      },
      pull: () => pulled.resolve(),
      cancel: () => cancelled.resolve(),
    });
    const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };
    const answer = api.fetch(new Request(`http://chat.test${PATH}`, { method: "POST", headers, body, duplex: "half" }));
    await pulled.promise;

    await bus.stop();
    expect((await answer).status).toBe(503);

    controller?.enqueue(new Uint8Array(1));
    await cancelled.promise;
  });
});

describe("the source", () => {
  it("leaves nothing behind: no port, no connection, no timer", async () => {
    const { bus, api, push, clock } = await aPushSource({ face: "listener" });
    const url = api.url ?? "";
    await push(PUSH);
    const idle = await aSocket(url);
    const half = await aSocket(url);
    half.write("POST / HT");
    const closed = [idle, half].map(
      (socket) => new Promise((resolve) => socket.on("error", resolve).once("close", resolve)),
    );

    await bus.stop();
    await bus.stop();
    await Promise.all(closed);

    expect([api.url, clock.timers]).toEqual([undefined, 0]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("tells where it listens, and has no such place without a listener", async () => {
    const listening = await aPushSource({ face: "listener" });
    const elsewhere = await aPushSource({ listen: { port: 0, host: "::1" } });

    expect(listening.api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/internal\/services\/knowledge-graph\/v1\/push$/);
    expect(elsewhere.api.url).toMatch(/^http:\/\/\[::1\]:\d+\/internal/);
    expect((await aPushSource()).api.url).toBeUndefined();
  });

  it("fails the start of the bus when its port is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const sources = { tags: kgPushSource({ tokens: TOKEN, listen: { port } }) };
    const bus = createBus({ name: "chat", events: kgPushEvents, sources });

    const error: unknown = await bus.start().catch((thrown: unknown) => thrown);

    expect(BusError.is(error, "BUS_START_FAILED")).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining('"tags"'), cause: { code: "EADDRINUSE" } });
  });

  it("puts off what comes before it has started", async () => {
    const statuses: number[] = [];
    const request = () =>
      new Request(`http://chat.test${PATH}`, { method: "POST", headers: { authorization: `Token ${TOKEN}` } });
    const hasty: SourcePlugin<undefined> = defineSource({
      name: "hasty",
      options: z.undefined(),
      create: () => ({
        start: async () => {
          const { tags } = bus.sources as unknown as { readonly tags: KgPushSourceApi };
          statuses.push((await tags.fetch(request())).status);
        },
      }),
    })(undefined);
    const bus = createBus({
      name: "chat",
      events: kgPushEvents,
      sources: { hasty, tags: kgPushSource({ tokens: TOKEN }) },
    });

    await bus.start();
    onTestFinished(() => bus.stop());

    expect(statuses).toEqual([503]);
  });

  it("stops while marks are being removed", async () => {
    const store = memoryStore();
    const keys = store.state.keys.bind(store.state);
    const [looking, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let looks = 0;
    Object.assign(store.state, {
      keys: async (...args: Parameters<typeof keys>) => {
        if (args[0] !== "source:tags") return keys(...args);
        looks += 1;
        looking.resolve();
        await gate.promise;
        return keys(...args);
      },
    });
    const { bus, clock } = await aPushSource({ store });
    await looking.promise;

    const stopped = bus.stop();
    await vi.waitFor(() => expect(bus.state).toBe("stopping"));
    gate.resolve();
    await stopped;

    expect([looks, clock.timers]).toEqual([1, 0]);
  });

  it("says when marks cannot be removed, and tries again", async () => {
    const store = memoryStore();
    const { state } = store;
    const keys = state.keys.bind(state);
    let failures = 1;
    Object.assign(state, {
      keys: (...args: Parameters<typeof keys>) =>
        args[0] === "source:tags" && failures-- > 0 ? Promise.reject(new Error("no disk")) : keys(...args),
    });
    const { push, clock, logged } = await aPushSource({ store, idempotencyWindowMs: 1_000 });
    await vi.waitFor(() => expect(logged).toHaveLength(1));
    await push(PUSH);

    await clock.advance(60_000);

    await vi.waitFor(async () => expect(await keys("source:tags", "")).toEqual([]));
    expect(logged).toMatchObject([{ level: "error", fields: { err: { message: "no disk" } } }]);
  });
});
