import { createServer, type RequestListener } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { WebhooksApi } from "../../src/index.ts";
import { anApi } from "./an-api.ts";

/** As they are before any test. */
const GLOBALS = [globalThis.Request, globalThis.Response];

const ADMIN = { authorization: "Bearer admin", "content-type": "application/json" };
const BODY = JSON.stringify({ webhook: { url: "https://a.example.com/hook" } });
const POST =
  "POST /api/v1/accounts/1/webhooks HTTP/1.1\r\nHost: desk.test\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\n";

/** A server of the host's: ours beside a route of its own. */
async function aServer({ node }: WebhooksApi, route?: RequestListener) {
  /** Settles when the first exchange has ended, one way or the other. */
  const closed = Promise.withResolvers<void>();
  const server = createServer(
    route ??
      ((request, response) => {
        response.once("close", closed.resolve);
        if (request.url?.startsWith("/api/v1/accounts/")) node(request, response);
        else response.end("the host's own");
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { closed, port, origin: `http://127.0.0.1:${port}` };
}

/** What is on the wire after `sent`, until the server closes. */
async function exchange(port: number, sent: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(sent);
  return text(socket);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** Fails a test in which anything is logged. */
function aSilence() {
  const methods = (["debug", "error", "info", "log", "warn"] as const).map((method) => vi.spyOn(console, method));
  onTestFinished(() => methods.forEach((method) => method.mockRestore()));
  return { expectNothing: () => expect(methods.flatMap(({ mock }) => mock.calls)).toEqual([]) };
}

describe("the Node handler", () => {
  it("hands on what is no route of its own, where there is somebody to hand it to", async () => {
    const { api } = await anApi({ path: "" });
    const { origin } = await aServer(api, (request, response) =>
      api.node(request, response, () => response.end("next")),
    );
    const answers = ["/tickets", "/accounts/1", "/accounts/1/webhooks/1/deliveries", "/accounts/1/webhooks"].map(
      async (path) => {
        const answer = await fetch(`${origin}${path}`, { headers: ADMIN });
        return answer.text();
      },
    );

    expect(await Promise.all(answers)).toEqual(["next", "next", "next", '{"payload":{"webhooks":[]}}']);
  });

  it("does not blame the caller for a body that the host has read", async () => {
    const { api, errors } = await anApi();
    const { origin } = await aServer(api, async (request, response) => {
      await text(request);
      api.node(request, response);
    });

    const answer = await fetch(`${origin}/api/v1/accounts/1/webhooks`, { method: "POST", headers: ADMIN, body: BODY });

    expect(answer.status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("before body parsers") })]);
  });

  it("serves beside the host's own routes", async () => {
    const { api } = await anApi();
    const { origin } = await aServer(api);
    const webhooks = `${origin}/api/v1/accounts/1/webhooks`;

    const own = await fetch(`${origin}/health`);
    const made = await fetch(webhooks, { method: "POST", headers: ADMIN, body: BODY });
    const { payload } = JSON.parse(await made.text());
    const changed = await fetch(`${webhooks}/${payload.webhook.id}`, {
      method: "PATCH",
      headers: ADMIN,
      body: '{"webhook": {"name": "ç"}}',
    });
    const removed = await fetch(`${webhooks}/${payload.webhook.id}`, { method: "DELETE", headers: ADMIN });
    const listed = await fetch(webhooks, { headers: ADMIN });
    const elsewhere = await fetch(`${origin}/api/v1/accounts/1/labels`);

    expect(await own.text()).toBe("the host's own");
    expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(payload.webhook.secret).toMatch(/^whsec_/);
    expect(await changed.json()).toMatchObject({ payload: { webhook: { name: "ç" } } });
    expect([removed.status, await removed.text()]).toEqual([200, ""]);
    expect(await listed.json()).toEqual({ payload: { webhooks: [] } });
    expect([elsewhere.status, await elsewhere.json()]).toEqual([404, { message: "Not found" }]);
  });

  it("leaves the host its global Request and Response", async () => {
    const { api } = await anApi();
    const { origin } = await aServer(api);
    await fetch(`${origin}/api/v1/accounts/1/webhooks`);

    expect([globalThis.Request, globalThis.Response]).toEqual(GLOBALS);
  });

  it.each([
    ["a path of the host's", "/desk/api/v1", (url: string) => url],
    ["nothing", "", (url: string) => url.slice("/desk/api/v1".length)],
    ["a slash", "/", (url: string) => url.slice("/desk/api/v1".length)],
    ["the rest, behind a router that takes off its prefix", "/api/v1", (url: string) => url.slice("/desk".length)],
  ])("is mounted under %s", async (_case, path, seen) => {
    const { api } = await anApi({ path });
    const { origin } = await aServer(api, (request, response) => {
      request.url = seen(request.url ?? "");
      api.node(request, response);
    });

    const listed = await fetch(`${origin}/desk/api/v1/accounts/1/webhooks`, { headers: ADMIN });

    expect(await listed.json()).toEqual({ payload: { webhooks: [] } });
  });

  it("gives authorize a Request that can be read and cloned", async () => {
    const seen: unknown[] = [];
    const { api } = await anApi({
      authorize: async (request) => {
        const { method, url, headers } = request;
        seen.push(method, new URL(url).pathname, headers.get("cookie"), request instanceof Request);
        seen.push(await request.clone().text());
        return true;
      },
    });
    const { origin } = await aServer(api);

    const made = await fetch(`${origin}/api/v1/accounts/1/webhooks`, {
      method: "POST",
      headers: { ...ADMIN, cookie: "session=1" },
      body: BODY,
    });

    expect(made.status).toBe(200);
    expect(seen).toEqual(["POST", "/api/v1/accounts/1/webhooks", "session=1", true, BODY]);
  });

  it("takes a body in pieces", async () => {
    const { api } = await anApi();
    const { port } = await aServer(api);
    const pieces = BODY.replace(/./g, "1\r\n$&\r\n");

    const answer = await exchange(
      port,
      `${POST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it("takes no more of a body without end than its limit, and hangs up", async () => {
    const { api, errors } = await anApi();
    const { port } = await aServer(api);
    const socket = await connected(port);
    const answer = text(socket);
    let sent = 0;

    socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
    const send = () => {
      while (socket.writable && socket.write(`1000\r\n${" ".repeat(4_096)}\r\n`)) sent += 4_096;
    };
    socket.on("drain", send);
    send();

    expect(await answer).toMatch(/^HTTP\/1.1 413 [^]*"Body is larger than 65536 bytes"/);
    expect(errors).toEqual([]);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it("reads no more than the length that is said, and takes the rest for another request", async () => {
    const { api, webhooks } = await anApi();
    const { port } = await aServer(api);
    const smuggled = "DELETE /api/v1/accounts/1/webhooks/1 HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n\r\n";

    const answer = await exchange(port, `${POST}Content-Length: ${BODY.length}\r\n\r\n${BODY}${smuggled}`);

    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 401"]);
    expect(await webhooks.list()).toHaveLength(1);
  });

  it("makes nothing of a body that breaks off, and says nothing of it", async () => {
    const log = aSilence();
    const { api, errors } = await anApi();
    const { port, origin, closed } = await aServer(api);
    const socket = await connected(port);

    socket.write(`${POST}Content-Length: 1000\r\n\r\n${BODY}`);
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(POST.length));
    socket.resetAndDestroy();
    await closed.promise;
    const listed = await fetch(`${origin}/api/v1/accounts/1/webhooks`, { headers: ADMIN });

    expect(await listed.json()).toEqual({ payload: { webhooks: [] } });
    expect(errors).toEqual([]);
    log.expectNothing();
  });

  it("finishes for a caller who has gone, and says nothing of it", async () => {
    const log = aSilence();
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<boolean>();
    const { api, webhooks, errors } = await anApi({
      authorize: () => {
        asked.resolve();
        return answered.promise;
      },
    });
    const { port, closed } = await aServer(api);
    const socket = await connected(port);

    socket.write(`${POST}Content-Length: ${BODY.length}\r\n\r\n${BODY}`);
    await asked.promise;
    socket.resetAndDestroy();
    await closed.promise;
    answered.resolve(true);
    await vi.waitFor(async () => expect(await webhooks.list()).toHaveLength(1));

    expect(errors).toEqual([]);
    log.expectNothing();
  });

  it.each(["pet", "a b", "desk.test/../x", "[::1", "desk.test\\@evil"])("outlives the host header %s", async (host) => {
    const { api } = await anApi();
    const { port } = await aServer(api);

    const answer = await exchange(
      port,
      `GET /api/v1/accounts/1/webhooks HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer admin\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 (?:200|400) /);
    expect(answer).toMatch(/\{"(?:payload|message)":/);
  });

  it("answers 500 also when the host's onError throws, warns of that and tells the caller nothing", async () => {
    const failure = new Error("the log is full");
    const { api } = await anApi({
      authorize: () => Promise.reject(new Error("ldap is down")),
      onError: () => {
        throw failure;
      },
    });
    const { origin } = await aServer(api);
    const warned = new Promise((resolve) => process.once("warning", resolve));

    const answer = await fetch(`${origin}/api/v1/accounts/1/webhooks`);

    expect([answer.status, await answer.json()]).toEqual([500, { message: "Internal error" }]);
    expect(await warned).toBe(failure);
  });
});
