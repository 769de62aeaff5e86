import { BusError } from "@bus/core";
import { gotTransport, undiciTransport } from "@bus/http";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../src/calls/reply.ts";
import { bulkBytes } from "../../src/calls/teleflow-client.ts";
import { aCall, aClient, allProcessed, anError, API_KEY, aService, aTrigger, type ServiceAnswer } from "./a-service.ts";

/** What the client makes of the answer to a trigger. */
async function replyTo(answer: ServiceAnswer, options: Parameters<typeof aClient>[1] = {}): Promise<Reply> {
  const { url } = await aService(() => answer);
  return aClient(url, options).trigger(aTrigger("tf_1"), aCall());
}

const answered = (reply: Reply) => {
  if (reply.kind !== "answer") throw new Error(`There is no answer: ${reply.reason}`);
  return reply;
};

describe("a request", () => {
  it("carries a trigger as it is", async () => {
    const { url, requests } = await aService(allProcessed);

    const reply = await aClient(url).trigger(aTrigger("tf_1", { name: "Ægir" }), aCall());

    expect(reply).toMatchObject({ kind: "answer", status: 201, body: { data: { transactionId: "tf_1" } }, words: "" });
    expect(requests).toMatchObject([
      { method: "POST", path: "/v1/events/trigger", body: aTrigger("tf_1", { name: "Ægir" }).json },
    ]);
  });

  it("carries a bulk, whose bytes can be told beforehand", async () => {
    const { url, requests } = await aService(allProcessed);
    const triggers = [aTrigger("tf_1", { name: "Ægir" }), aTrigger("tf_2")];

    await aClient(url).bulk(triggers, aCall());

    expect(requests).toMatchObject([{ method: "POST", path: "/v1/events/trigger/bulk" }]);
    expect(JSON.parse(requests[0]!.body)).toEqual({ events: triggers.map(({ json }) => JSON.parse(json) as unknown) });
    expect(Buffer.byteLength(requests[0]!.body)).toBe(bulkBytes(2, triggers[0]!.bytes + triggers[1]!.bytes));
  });

  it("carries a broadcast", async () => {
    const { url, requests } = await aService(allProcessed);

    await aClient(url).broadcast(aTrigger("tf_1"), aCall());

    expect(requests).toMatchObject([
      { method: "POST", path: "/v1/events/trigger/broadcast", body: aTrigger("tf_1").json },
    ]);
  });

  it("cancels by an id with any letters", async () => {
    const { url, requests } = await aService(() => ({ status: 200, body: { data: true } }));

    const reply = await aClient(url).cancel("a/b?ü", aCall());

    expect(answered(reply).body).toEqual({ data: true });
    expect(requests).toMatchObject([{ method: "DELETE", path: "/v1/events/trigger/a%2Fb%3F%C3%BC", body: "" }]);
  });

  it("asks for the notifications of an id with any letters", async () => {
    const { url, requests } = await aService(() => ({ status: 200, body: { data: [] } }));

    await aClient(url).notifications("a&b", aCall());

    expect(requests).toMatchObject([{ method: "GET", path: "/v1/notifications?transactionId=a%26b" }]);
  });

  it("bears the API key, its type and the host's own headers", async () => {
    const { url, requests } = await aService(allProcessed);
    const client = aClient(url, { headers: { "x-tenant": "acme" } });

    await client.trigger(aTrigger("tf_1"), aCall());
    await client.cancel("tf_1", aCall());

    for (const { headers } of requests) {
      expect(headers).toMatchObject({
        authorization: `ApiKey ${API_KEY}`,
        "content-type": "application/json",
        "x-tenant": "acme",
      });
    }
  });

  it("keeps a path before the API's own", async () => {
    const { url, requests } = await aService(allProcessed);

    await aClient(url.replace("/v1", "/teleflow/v1")).trigger(aTrigger("tf_1"), aCall());

    expect(requests[0]!.path).toBe("/teleflow/v1/events/trigger");
  });

  it("has the same idempotency key again in the same epochs, and only then", async () => {
    const { url, requests } = await aService(allProcessed);
    const client = aClient(url);
    const triggers = [aTrigger("tf_1"), aTrigger("tf_2")];

    await client.bulk(triggers, aCall());
    await client.bulk(triggers, aCall({ epochs: [0, 0] }));
    await client.bulk(triggers, aCall({ epochs: [0, 1] }));
    await client.trigger(triggers[0]!, aCall());
    await client.broadcast(triggers[0]!, aCall());

    const [first, second, ...others] = requests.map(({ headers }) => headers["idempotency-key"]);
    expect(second).toBe(first);
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it("has an idempotency key only where something is sent", async () => {
    const { url, requests } = await aService(() => ({ status: 200, body: { data: true } }));
    const client = aClient(url);

    await client.cancel("tf_1", aCall());
    await client.notifications("tf_1", aCall());

    expect(requests.map(({ headers }) => headers["idempotency-key"])).toEqual([undefined, undefined]);
  });
});

describe("an answer", () => {
  it.each<[string, ServiceAnswer, string]>([
    ["one message", anError(400, "workflow_not_found"), "workflow_not_found"],
    [
      "several",
      anError(400, ["to should not be empty", "name must be a string"]),
      "to should not be empty; name must be a string",
    ],
    ["no message but an error", { status: 502, body: { error: "Bad Gateway" } }, "Bad Gateway"],
    ["an object for a message", { status: 400, body: { message: { a: 1 } } }, ""],
    ["a page", { status: 502, body: "<html>nginx</html>" }, ""],
    ["nothing", { status: 500, body: "" }, ""],
    ["null", { status: 500, body: "null" }, ""],
  ])("with %s has such words", async (_, answer, words) => {
    expect(answered(await replyTo(answer)).words).toBe(words);
  });

  it("that repeats the request is kept without its secrets, in words and results", async () => {
    const headers = { "x-gateway": 'pass"word' };
    const text = `no ${API_KEY} with pass"word`;
    const data = { status: "error", error: [text], transactionId: "tf_1" };

    const refused = answered(await replyTo(anError(401, text), { headers }));
    const result = answered(await replyTo({ status: 201, body: { data } }, { headers }));

    expect(refused.words).toBe("no *** with ***");
    expect(result.body).toEqual({ data: { status: "error", error: ["no *** with ***"], transactionId: "tf_1" } });
  });

  it("shows a secret nowhere, whatever way its JSON writes it, and none that another is part of", async () => {
    const headers = { "x-gateway": `${API_KEY}/gateway` };
    const body = `{"data":{"status":"error for ${API_KEY}","error":["no ${API_KEY}\\/gateway","no \\u00733cret-api-key"]}}`;

    const reply = answered(await replyTo({ status: 201, body }, { headers }));

    expect(reply.body).toEqual({ data: { status: "error for ***", error: ["no ***", "no ***"] } });
  });

  it("keeps the ids of triggers, which are compared, although a header of the host's is part of them", async () => {
    const data = [{ transactionId: "acme-1", subscriberId: "acme-1" }];
    const { url } = await aService(() => ({ status: 200, body: { data } }));

    const reply = await aClient(url, { headers: { "x-shop": "acme" } }).notifications("acme-1", aCall());

    expect(answered(reply).body).toEqual({ data: [{ transactionId: "acme-1", subscriberId: "***-1" }] });
  });

  it("keeps its statuses although a header of the host's has the same value", async () => {
    const body = { data: { status: "processed", transactionId: "tf_1", error: ["processed"] } };

    const reply = answered(await replyTo({ status: 201, body }, { headers: { "x-mode": "processed" } }));

    expect(reply.body).toEqual({ data: { status: "processed", transactionId: "tf_1", error: ["***"] } });
  });

  it("keeps words of some length, but never the beginning of a secret", async () => {
    const { words } = answered(await replyTo(anError(400, `${"x".repeat(995)}${API_KEY} and more`)));

    expect(words).toBe(`${"x".repeat(995)}*** a`);
  });

  it.each(["<html>", "", '{"data":'])("with the body %j has none", async (body) => {
    expect(answered(await replyTo({ status: 201, body })).body).toBeUndefined();
  });

  it("that is too long counts, without its body", async () => {
    const reply = answered(await replyTo({ status: 201, body: { data: "x".repeat(2 ** 21) } }));

    expect(reply).toMatchObject({ status: 201, body: undefined });
  });

  it("of 100 results with long words is read", async () => {
    const data = Array.from({ length: 100 }, () => ({ status: "error", error: ["x".repeat(5_000)] }));

    expect(answered(await replyTo({ status: 201, body: { data } })).body).toEqual({ data });
  });

  it("says how long to wait, and the client's rate limits know it too", async () => {
    const clock = virtualClock();
    const headers = { "retry-after": "3", "ratelimit-reset": "5", "ratelimit-policy": "60;w=1;burst=66" };
    const { url } = await aService(() => anError(429, "API rate limit exceeded", headers));
    const client = aClient(url, { clock });

    const reply = await client.bulk([aTrigger("tf_1"), aTrigger("tf_2")], aCall());

    expect(answered(reply).afterMs).toBe(5_000);
    expect([client.limits.canBulk, client.limits.waitMs("bulk"), client.limits.waitMs("single")]).toEqual([
      false,
      5_000,
      0,
    ]);
  });

  it("on notifications says nothing of the rate limit of triggers", async () => {
    const headers = { "ratelimit-remaining": "0", "ratelimit-reset": "5", "ratelimit-policy": "30;w=1;burst=33" };
    const { url } = await aService(() => ({ status: 200, body: { data: [] }, headers }));
    const client = aClient(url);

    await client.notifications("tf_1", aCall());

    expect([client.limits.canBulk, client.limits.waitMs("single")]).toEqual([true, 0]);
  });
});

describe("no answer", () => {
  it("leaves open what became of a request that was cut off", async () => {
    expect(await replyTo("reset")).toMatchObject({
      kind: "none",
      reason: expect.stringContaining("failed at") as string,
    });
  });

  it("leaves open what became of a request that took too long, by its own time or the sink's", async () => {
    const { url } = await aService(() => "hang");

    const reply = await aClient(url).trigger(aTrigger("tf_1"), aCall({ withinMs: 50 }));
    const other = await aClient(url, { deadlineMs: 50 }).trigger(aTrigger("tf_1"), aCall());

    expect([reply.kind, other.kind]).toEqual(["none", "none"]);
  });

  it("leaves open what became of a request that was ended", async () => {
    const stopping = new AbortController();
    const { url } = await aService(() => {
      stopping.abort();
      return "hang";
    });

    const reply = await aClient(url).trigger(aTrigger("tf_1"), aCall({ signal: stopping.signal }));

    expect(reply).toEqual({ kind: "none", reason: "It was ended before an answer came." });
  });

  it("is certain of what was ended before it began", async () => {
    const { url, requests } = await aService(allProcessed);

    const reply = await aClient(url).trigger(aTrigger("tf_1"), aCall({ signal: AbortSignal.abort() }));

    expect(reply).toMatchObject({ kind: "unsent", isFree: true });
    expect(requests).toEqual([]);
  });

  it.each([
    ["got", gotTransport],
    ["undici", undiciTransport],
  ] as const)("is certain of what reached no server, over %s", async (_, transport) => {
    const service = await aService(allProcessed);
    await service.close();

    const refused = await aClient(service.url, { http: transport() }).trigger(aTrigger("tf_1"), aCall());
    const unknown = await aClient("http://teleflow.invalid/v1", { http: transport() }).trigger(
      aTrigger("tf_1"),
      aCall(),
    );

    expect([refused, unknown]).toMatchObject([
      { kind: "unsent", isFree: false },
      { kind: "unsent", isFree: false },
    ]);
  });

  it("is certain of an address that is refused", async () => {
    const http = undiciTransport({ resolve: () => Promise.resolve([{ address: "169.254.169.254", family: 4 }]) });

    const reply = await aClient("http://teleflow.test/v1", { http }).trigger(aTrigger("tf_1"), aCall());

    expect(reply).toMatchObject({ kind: "unsent", isFree: false });
  });

  it("is certain of a request that can never be sent", async () => {
    const reply = await aClient("http://127.0.0.1/v1", { headers: { "x-line": "a\nb" } }).trigger(
      aTrigger("tf_1"),
      aCall(),
    );

    expect(reply).toMatchObject({ kind: "unsent", isFree: false });
  });

  it.each(["reset", "hang"] as const)("says nothing of the key when there is a %s", async (answer) => {
    const { url } = await aService(() => answer);

    const reply = await aClient(url).trigger(aTrigger("tf_1"), aCall({ withinMs: 50 }));

    expect(JSON.stringify(reply)).not.toContain(API_KEY);
  });
});

describe("the check", () => {
  it("passes where the service lets the host in", async () => {
    const { url, requests } = await aService(() => ({ status: 200, body: { data: [] } }));

    await aClient(url).check(new AbortController().signal);

    expect(requests).toMatchObject([{ method: "GET", headers: { authorization: `ApiKey ${API_KEY}` } }]);
  });

  it("says what is wrong where it does not, without the key", async () => {
    const { url } = await aService(() => anError(401, `unknown ${API_KEY}`));

    const error: unknown = await aClient(url)
      .check(new AbortController().signal)
      .catch((reason: unknown) => reason);

    expect(BusError.is(error, "BUS_TELEFLOW_REFUSED") && error.message).toBe(
      "Teleflow refused the check with 401: unknown ***.",
    );
  });

  it("fails where there is no service", async () => {
    const service = await aService(allProcessed);
    await service.close();

    await expect(aClient(service.url).check(new AbortController().signal)).rejects.toMatchObject({
      code: "BUS_HTTP_FAILED",
    });
  });
});
