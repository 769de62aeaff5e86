import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { aPushOf, aPushSource, aTagsEvent, PATH, TOKEN } from "../a-push-source.ts";

const PUSH = {
  method: "POST",
  headers: { authorization: `Token ${TOKEN}`, "content-type": "application/json" },
  body: JSON.stringify(aPushOf(aTagsEvent()).body),
};

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the Node face", () => {
  it("hands on every other path where there is somebody to hand it to", async () => {
    const { api } = await aPushSource();
    const { node } = api;
    const origin = await serving((request, response) => node(request, response, () => response.end("the host's own")));

    const answers = ["/", `${PATH}/`, `${PATH}?a`, `/x${PATH}`].map(async (path) => {
      const answer = await fetch(origin + path, PUSH);
      return answer.text();
    });

    expect(await Promise.all(answers)).toEqual([
      "the host's own",
      "the host's own",
      '{"status":"success"}',
      "the host's own",
    ]);
  });

  it("sits behind a router that has taken its path off", async () => {
    const { api } = await aPushSource({ path: "/" });
    const origin = await serving((request, response) => {
      request.url = request.url?.slice(PATH.length) ?? "";
      api.node(request, response);
    });

    expect((await fetch(`${origin}${PATH}/?a`, PUSH)).status).toBe(200);
  });

  it("says loudly that a body was read before it, and does not blame the sender", async () => {
    const { api, logged, published } = await aPushSource();
    const origin = await serving(async (request, response) => {
      await text(request);
      api.node(request, response);
    });

    const answer = await fetch(origin + PATH, PUSH);

    expect([answer.status, await answer.json()]).toEqual([
      500,
      { status: "error", error: "internal_error", message: "Internal error" },
    ]);
    expect(logged).toMatchObject([
      { level: "error", fields: { err: { message: expect.stringContaining("before body parsers") } } },
    ]);
    expect(published).toEqual([]);
  });

  it("outlives a response that somebody has begun, and says so", async () => {
    const { api, logged } = await aPushSource();
    const origin = await serving((request, response) => {
      response.write("begun");
      api.node(request, response);
    });

    const broken = await fetch(origin + PATH, PUSH)
      .then((answer) => answer.text())
      .catch(() => "broken");

    expect(broken).toBe("broken");
    expect(logged).toMatchObject([{ level: "error", message: "The answer to a push could not be sent." }]);
  });

  it("takes the URL in the form that proxies get it", async () => {
    const { api, published } = await aPushSource();
    const origin = await serving((request, response) => {
      request.url = `http://chat.test${request.url}`;
      api.node(request, response);
    });

    expect((await fetch(origin + PATH, PUSH)).status).toBe(200);
    expect(published).toHaveLength(1);
  });
});

describe("the Fetch face", () => {
  it("is used without its object", async () => {
    const { api } = await aPushSource();
    const { fetch: serve } = api;

    expect((await serve(new Request(`http://chat.test${PATH}`, PUSH))).status).toBe(200);
  });

  it.each([
    ["was read", async (request: Request) => void (await request.text())],
    ["is being read", async (request: Request) => void request.body?.getReader()],
  ])("says loudly that a body %s before it", async (_case, read) => {
    const { api, logged } = await aPushSource();
    const request = new Request(`http://chat.test${PATH}`, PUSH);
    await read(request);

    const answer = await api.fetch(request);

    expect(answer.status).toBe(500);
    expect(logged).toMatchObject([
      { level: "error", fields: { err: { message: expect.stringContaining("read before") } } },
    ]);
  });

  it("takes no more of a stream without end than it may, and cancels it", async () => {
    const { api } = await aPushSource({ maxBodyBytes: 1_000 });
    const cancelled = Promise.withResolvers<void>();
    let pulled = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        pulled += 100;
        controller.enqueue(new Uint8Array(100));
      },
      cancel: () => cancelled.resolve(),
    });

    const answer = await api.fetch(new Request(`http://chat.test${PATH}`, { ...PUSH, body, duplex: "half" }));
    await cancelled.promise;

    expect(answer.status).toBe(413);
    expect(pulled).toBeLessThan(1_500);
  });

  it("takes a stream that fails for a body that broke off", async () => {
    const { api, logged } = await aPushSource();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("the line is dead")) });

    const answer = await api.fetch(new Request(`http://chat.test${PATH}`, { ...PUSH, body, duplex: "half" }));

    expect([answer.status, await answer.json()]).toMatchObject([400, { message: "The body broke off" }]);
    expect(logged).toEqual([]);
  });

  it("tells a push without a body that it is not JSON", async () => {
    const { api } = await aPushSource();
    const { body: _body, ...without } = PUSH;

    const answer = await api.fetch(new Request(`http://chat.test${PATH}`, without));

    expect([answer.status, await answer.json()]).toMatchObject([400, { message: "The body is not JSON" }]);
  });
});
