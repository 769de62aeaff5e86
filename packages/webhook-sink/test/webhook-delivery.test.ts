import { verifySha256, verifyStandardWebhook } from "@bus/http";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import type { WebhookEndpoint } from "../src/index.ts";
import { aStartedBus, anEndpoint, NOW, type BusScript } from "./a-started-bus.ts";
import { aFile } from "./a-file.ts";
import { wireBody } from "./fixtures.ts";
import { aReceiver, status } from "./receiver.ts";

/** A bus that tries once, with one endpoint. */
function aBusFor(url: string, endpoint: Partial<WebhookEndpoint> = {}, script: BusScript = {}) {
  return aStartedBus({ policy: { retry: [] }, ...script, endpoints: [anEndpoint(url, endpoint)] });
}

/** The last attempt in the delivery log, once there is one. */
async function attemptOf(url: string, endpoint: Partial<WebhookEndpoint> = {}, script: BusScript = {}) {
  const { bus, publish, until, deliveries } = await aBusFor(url, endpoint, script);
  await publish();
  return until(async () => {
    const [delivery] = await deliveries();
    const attempt = (await bus.deliveries.get(delivery!.id))?.history.at(-1);
    expect(attempt).toBeDefined();
    return attempt!;
  });
}

describe("a delivery", () => {
  it("is one POST of the contract's body with the contract's headers", async () => {
    const receiver = await aReceiver();
    const { publish, ended } = await aBusFor(receiver.url, { secret: "test-secret" });

    await publish();
    const [delivery] = await ended(1, "delivered");

    expect(receiver.received).toHaveLength(1);
    const { method, path, headers, body } = receiver.received[0]!;
    expect([method, path]).toEqual(["POST", "/hook"]);
    expect(JSON.parse(body.toString())).toStrictEqual(wireBody("message_created"));
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      accept: "application/json",
      "user-agent": "Bus-Webhooks",
      "content-length": String(body.length),
      "x-trino-event": "message_created",
      "x-trino-delivery": delivery!.id,
      "x-trino-timestamp": "1781699568",
      "x-trino-signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
      "webhook-id": delivery!.event.id,
      "webhook-timestamp": "1781699568",
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
  });

  it("is signed with each secret, both ways", async () => {
    const receiver = await aReceiver();
    const secrets = ["old", "whsec_bmV3LXNlY3JldA=="];
    const { publish, ended } = await aBusFor(receiver.url, { secret: secrets });

    await publish();
    const [delivery] = await ended(1, "delivered");

    const { headers, body } = receiver.received[0]!;
    const [signature, standard] = [String(headers["x-trino-signature"]), String(headers["webhook-signature"])];
    expect([signature.split(",").length, standard.split(" ").length]).toEqual([2, 2]);
    for (const secret of secrets) {
      const timestamp = String(headers["x-trino-timestamp"]);
      verifySha256([secret], { signature, timestamp, body }, { now: NOW });
      verifyStandardWebhook([secret], { id: delivery!.event.id, timestamp, body, signature: standard }, { now: NOW });
    }
  });

  it("has neither timestamp nor signature without a secret", async () => {
    const receiver = await aReceiver();
    const { publish, ended } = await aBusFor(receiver.url);

    await publish();
    await ended(1, "delivered");

    const { headers } = receiver.received[0]!;
    expect(headers).toMatchObject({ "x-trino-delivery": expect.any(String), "webhook-id": expect.any(String) });
    expect(Object.keys(headers).filter((name) => /signature|timestamp/.test(name))).toEqual([]);
  });

  it("bears the host's prefix, user agent and headers", async () => {
    const receiver = await aReceiver();
    const headers = { Authorization: "Bearer x", "X-Team": "a b" };
    const script = { headerPrefix: "X-Chatwoot-", userAgent: "Helpdesk/2" };
    const { publish, ended } = await aBusFor(receiver.url, { secret: "s", headers }, script);

    await publish();
    await ended(1, "delivered");

    const got = receiver.received[0]!.headers;
    expect(got).toMatchObject({ authorization: "Bearer x", "x-team": "a b", "user-agent": "Helpdesk/2" });
    expect(got).toMatchObject({
      "x-chatwoot-event": "message_created",
      "x-chatwoot-delivery": expect.any(String),
      "x-chatwoot-timestamp": "1781699568",
      "x-chatwoot-signature": expect.stringMatching(/^sha256=/),
    });
    expect(Object.keys(got).filter((name) => name.startsWith("x-trino-"))).toEqual([]);
  });

  it("has the same body and ids on each attempt and replay, and the time of the attempt", async () => {
    const receiver = await aReceiver((response, count) => response.writeHead(count === 1 ? 503 : 200).end());
    const { bus, publish, ended, until, clock } = await aBusFor(
      receiver.url,
      { secret: "s" },
      { policy: { retry: [60_000] } },
    );

    await publish();
    await until(() => expect(receiver.received).toHaveLength(1));
    await clock.advance(60_000);
    const [delivery] = await ended(1, "delivered");
    await clock.advance(60_000);
    await bus.deliveries.replay(delivery!.id);
    await until(() => expect(receiver.received).toHaveLength(3));

    const [first, ...others] = receiver.received;
    const times = receiver.received.map(({ headers }) => Number(headers["x-trino-timestamp"]));
    expect(times).toEqual([1_781_699_568, 1_781_699_628, 1_781_699_688]);
    for (const { body, headers } of others) {
      expect(body).toEqual(first!.body);
      for (const name of ["x-trino-delivery", "webhook-id"]) expect(headers[name]).toBe(first!.headers[name]);
    }
  });

  it("has the same bytes at every webhook of its event, and an id of its own at each", async () => {
    const receiver = await aReceiver();
    const endpoints = ["a", "b", "c"].map((id) => anEndpoint(`${receiver.url}/${id}`, { id }));
    const { publish, ended } = await aStartedBus({ endpoints });

    await publish();
    await ended(3, "delivered");

    const [first, ...others] = receiver.received;
    for (const { body } of others) expect(body).toEqual(first!.body);
    const idsUnder = (name: string) => new Set(receiver.received.map(({ headers }) => headers[name])).size;
    expect([idsUnder("webhook-id"), idsUnder("x-trino-delivery")]).toEqual([1, 3]);
  });

  it("of data that was published unchecked and does not fit is a dead letter, and nothing is sent", async () => {
    const receiver = await aReceiver();
    const { publish, ended } = await aBusFor(receiver.url, {}, { validate: false });

    await publish(1, { conversation: 1 });
    const [delivery] = await ended(1, "dead");

    expect(delivery!.reason).toContain('The data does not fit "message.created": conversation');
    expect(receiver.received).toEqual([]);
  });
});

describe("the attempt log", () => {
  it.each([
    [200, "delivered", undefined],
    [204, "delivered", undefined],
    [400, "rejected", "The target answered 400."],
    [401, "rejected", "The target answered 401."],
    [404, "rejected", "The target answered 404."],
    [408, "retry", "The target answered 408."],
    [425, "retry", "The target answered 425."],
    [429, "retry", "The target answered 429."],
    [500, "retry", "The target answered 500."],
    [503, "retry", "The target answered 503."],
  ])("keeps of a %i that it is %s, with status, latency and answer", async (code, outcome, reason) => {
    const receiver = await aReceiver((response) => response.writeHead(code).end(code === 204 ? "" : "the answer"));

    const attempt = await attemptOf(receiver.url);

    expect(attempt).toEqual({
      startedAt: NOW,
      durationMs: expect.any(Number),
      outcome,
      ...(reason !== undefined && { reason }),
      info: { status: code, ...(code !== 204 && { detail: "the answer" }) },
    });
  });

  it("keeps how long the attempt took", async () => {
    const clock = virtualClock({ startAt: NOW });
    const receiver = await aReceiver(async (response) => {
      await clock.advance(120);
      response.end();
    });

    expect(await attemptOf(receiver.url, {}, { clock })).toMatchObject({ durationMs: 120 });
  });

  it("keeps the first 4 KiB of the answer, of which 64 KiB are read", async () => {
    const receiver = await aReceiver((response) => {
      response.writeHead(500);
      response.write("x".repeat(65_536));
      response.write("never read");
    });

    const { info } = await attemptOf(receiver.url);

    expect(info).toEqual({ status: 500, detail: "x".repeat(4096) });
  });

  it("keeps that no answer came before the webhook's own deadline", async () => {
    const receiver = await aReceiver(() => {});

    const attempt = await attemptOf(receiver.url, { deadlineMs: 50 });

    expect(attempt).toMatchObject({ outcome: "retry", reason: expect.stringContaining("50 ms") });
    expect(attempt.info).toBeUndefined();
  });

  it("keeps that nobody listens", async () => {
    expect(await attemptOf("http://127.0.0.1:1/")).toMatchObject({
      outcome: "retry",
      reason: "The request to http://127.0.0.1:1 failed at connect (ECONNREFUSED).",
    });
  });

  it("keeps that the connection was reset", async () => {
    const receiver = await aReceiver((response) => response.destroy());

    expect(await attemptOf(receiver.url)).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("the exchange"),
    });
  });

  it("keeps that a redirect was not followed, and where it leads", async () => {
    const target = await aReceiver();
    const receiver = await aReceiver(status(307, { location: `${target.url}?token=secret` }));

    const attempt = await attemptOf(receiver.url, { secret: "s" });

    expect(attempt).toMatchObject({ outcome: "retry", info: { status: 307 } });
    expect(attempt.reason).toContain(target.url);
    expect(attempt.reason).not.toContain("token");
    expect(target.received).toEqual([]);
  });

  it("keeps that a private address was refused, and nothing was sent", async () => {
    const receiver = await aReceiver();

    const attempt = await attemptOf(receiver.url, {}, { allow: [] });

    expect(attempt).toMatchObject({
      outcome: "rejected",
      reason: "The target has no public address, and is not allowed.",
    });
    expect(receiver.received).toEqual([]);
  });
});

describe("a webhook's own settings", () => {
  it("allow private targets beside the sink's, to it alone", async () => {
    const receiver = await aReceiver();
    const endpoints = [
      anEndpoint(receiver.url, { id: "allowed", allow: ["127.0.0.1"] }),
      anEndpoint(`${receiver.url}/other`, { id: "other", allow: ["10.0.0.1"] }),
    ];
    const { publish, ended } = await aStartedBus({ allow: [], endpoints });

    await publish();
    const deliveries = await ended(1, "dead");

    expect(deliveries.map(({ destination, state }) => [destination, state])).toEqual([
      ["allowed", "delivered"],
      ["other", "dead"],
    ]);
  });

  it.each([
    ["7", 7_000],
    [new Date(NOW + 60_000).toUTCString(), 59_642],
  ])("give way to a Retry-After of %s", async (retryAfter, afterMs) => {
    const receiver = await aReceiver(status(429, { "retry-after": retryAfter }));
    const { publish, until, deliveries } = await aBusFor(receiver.url, {}, { policy: { retry: [10] } });

    await publish();

    const dueAt = await until(async () => {
      const [delivery] = await deliveries();
      expect(delivery).toMatchObject({ state: "pending", attempts: 1 });
      return delivery!.dueAt;
    });
    expect(dueAt).toBe(NOW + afterMs);
  });

  it("bound how many requests are under way", async () => {
    const hung = await aReceiver(() => {});
    const { publish, until, clock } = await aBusFor(hung.url, { concurrency: 2 });

    await publish(5);
    await until(() => expect(hung.received).toHaveLength(2));
    await clock.settled();

    expect(hung.received).toHaveLength(2);
  });

  it("bound how many requests go out in a time", async () => {
    const times: number[] = [];
    const receiver = await aReceiver((response) => {
      times.push(performance.now());
      response.end();
    });
    const { publish, ended } = await aBusFor(receiver.url, { rate: { limit: 1, perMs: 200 } });

    await publish(3);
    await ended(3, "delivered");

    expect(times[2]! - times[0]!).toBeGreaterThan(300);
  });

  it("give the engine's attempt as long as the webhook has, and a little more", async () => {
    const hung = await aReceiver(() => {});
    const { publish, until, deliveries, clock } = await aBusFor(hung.url, { deadlineMs: 90_000 });
    await publish();
    await until(() => expect(hung.received).toHaveLength(1));

    await clock.advance(94_999);
    const [waiting] = await deliveries();
    await clock.advance(1);

    expect(waiting!.state).toBe("leased");
    await until(async () => expect((await deliveries())[0]).toMatchObject({ state: "dead" }));
  });
});

describe("stop", () => {
  it("ends requests that hang, and the next bus on the store sends them again, without loss of an attempt", async () => {
    const path = aFile();
    const receiver = await aReceiver((response, count) => void (count > 1 && response.end()));
    const { publish, until, stop } = await aBusFor(
      receiver.url,
      {},
      { store: sqliteStore({ path }), stopTimeoutMs: 500 },
    );
    await publish();
    await until(() => expect(receiver.received).toHaveLength(1));

    await stop();
    const clock = virtualClock({ startAt: NOW + 60_000 });
    const next = await aBusFor(receiver.url, {}, { store: sqliteStore({ path }), clock });
    const [delivery] = await next.ended(1, "delivered");

    expect(delivery).toMatchObject({ attempts: 1 });
    const ids = receiver.received.map(({ headers }) => headers["x-trino-delivery"]);
    expect(ids).toEqual([delivery!.id, delivery!.id]);
  });
});
