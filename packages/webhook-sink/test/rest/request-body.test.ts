import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aWebhook, anApi } from "./an-api.ts";

const URL_A = "https://a.example.com/hook";

/** A body whose whole text is `size` bytes. */
function aBodyOf(size: number): string {
  const empty = JSON.stringify({ webhook: { url: URL_A }, padding: "" });
  return empty.replace('""}', `"${"x".repeat(size - empty.length)}"}`);
}

describe("a request's body", () => {
  it.each(["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"])(
    "is taken as %s",
    async (type) => {
      const { call } = await anApi();

      const made = await call("POST", "1/webhooks", { webhook: { url: URL_A } }, { "content-type": type });

      expect(made.status).toBe(200);
    },
  );

  it.each([
    "",
    "text/plain",
    "x-application/json",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "application/json, text/plain",
  ])('is refused as "%s" with 415', async (type) => {
    const { call, webhooks } = await anApi();

    const refused = await call("POST", "1/webhooks", { webhook: { url: URL_A } }, { "content-type": type });

    expect([refused.status, refused.json]).toEqual([415, { message: "Content type must be application/json" }]);
    expect(await webhooks.list()).toEqual([]);
  });

  it.each([
    "",
    "{",
    "{'webhook': 1}",
    "\u0000",
    '{"webhook": {"url": "https://a.example.com/"}} x',
    "[".repeat(60_000),
  ])("is refused with 400 when it is no JSON (%#)", async (text) => {
    const { call } = await anApi();

    const refused = await call("POST", "1/webhooks", text);

    expect([refused.status, refused.json]).toEqual([400, { message: "Body is not JSON" }]);
  });

  it("is refused with 400 when its bytes are no UTF-8", async () => {
    const { api } = await anApi();
    const body = Buffer.from(`{"webhook": {"url": "${URL_A}", "name": "caf\xe9"}}`, "latin1");

    const refused = await api.fetch(aRequest({ body }));

    expect([refused.status, await refused.json()]).toEqual([400, { message: "Body is not JSON" }]);
  });

  it.each(["null", "5", '"webhook"', "[]", `${"[".repeat(30_000)}${"]".repeat(30_000)}`])(
    "is refused with 400 when it is no object (%#)",
    async (text) => {
      const { call } = await anApi();

      const refused = await call("POST", "1/webhooks", text);

      expect([refused.status, refused.json]).toEqual([400, { message: "Body must be a JSON object" }]);
    },
  );

  it.each([{}, { url: URL_A }, { webhook: null }, { webhook: URL_A }, { webhook: [{ url: URL_A }] }])(
    "is refused with 422 when it wraps no webhook: %j",
    async (body) => {
      const { call } = await anApi();

      const refused = await call("POST", "1/webhooks", body);

      expect([refused.status, refused.json]).toEqual([422, { message: 'Body must be {"webhook": {...}}' }]);
    },
  );

  it("sets nothing by a __proto__ or constructor key, at any level", async () => {
    const { call } = await anApi();

    const made = await call(
      "POST",
      "1/webhooks",
      `{"__proto__": {"webhook": {"url": "https://evil.example.com/"}, "polluted": 1}, "webhook":
        {"__proto__": {"name": "evil", "enabled": false}, "constructor": {"prototype": {"polluted": 1}}, "url": "${URL_A}"}}`,
    );
    const inherited = await call("POST", "1/webhooks", `{"__proto__": {"webhook": {"url": "${URL_A}"}}}`);

    expect(made.json.payload.webhook).toMatchObject({ url: URL_A, enabled: true });
    expect(made.json.payload.webhook).not.toHaveProperty("name");
    expect({}).not.toHaveProperty("polluted");
    expect(inherited.status).toBe(422);
  });

  it("may hold huge lists and deep values where they do not belong", async () => {
    const { call } = await anApi();
    const deep = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;

    const answers = [
      await call("POST", "1/webhooks", `{"webhook": {"url": ${deep}}}`),
      await call("POST", "1/webhooks", {
        webhook: { url: URL_A, subscriptions: Array.from({ length: 30_000 }, () => 1) },
      }),
      await call("POST", "1/webhooks", `{"webhook": {"url": "${URL_A}", "unknown": ${deep}}}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200]);
  });

  it("is taken up to the limit and refused with 413 beyond it", async () => {
    const { call } = await anApi({ maxBodyBytes: 200 });

    const fits = await call("POST", "1/webhooks", aBodyOf(200));
    const exceeds = await call("POST", "1/webhooks", aBodyOf(201));

    expect(fits.status).toBe(200);
    expect([exceeds.status, exceeds.json]).toEqual([413, { message: "Body is larger than 200 bytes" }]);
  });

  it("may have 64 KiB unless the host says otherwise", async () => {
    const { call } = await anApi();

    expect((await call("POST", "1/webhooks", aBodyOf(65_536))).status).toBe(200);
    expect((await call("POST", "1/webhooks", aBodyOf(65_537))).status).toBe(413);
  });

  it.each(["1", "-1", "99999999999999999999"])("is counted, whatever its length is said to be: %s", async (length) => {
    const { api } = await anApi();

    const small = await api.fetch(aRequest({ body: aBodyOf(100), headers: { "content-length": length } }));
    const large = await api.fetch(aRequest({ body: aBodyOf(70_000), headers: { "content-length": length } }));

    expect([small.status, large.status]).toEqual([200, 413]);
  });

  it("is read no further than the limit", async () => {
    const { api } = await anApi();
    let given = 0;
    let isCancelled = false;
    const body = new ReadableStream({
      pull: (controller) => {
        given += 1_024;
        controller.enqueue(Buffer.alloc(1_024, " "));
      },
      cancel: () => {
        isCancelled = true;
      },
    });

    const refused = await api.fetch(aRequest({ body }));

    expect(refused.status).toBe(413);
    expect(given).toBeLessThan(70_000);
    expect(isCancelled).toBe(true);
  });

  it("that breaks off is the caller's fault, not the host's", async () => {
    const { api, errors } = await anApi();
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });

    const refused = await api.fetch(aRequest({ body }));

    expect([refused.status, await refused.json(), errors]).toEqual([400, { message: "Body broke off" }, []]);
  });

  it("is not touched for the unauthorized, nor for a webhook that is not there", async () => {
    const { api } = await anApi();
    const body = () => new ReadableStream({ pull: () => expect.unreachable() }, { highWaterMark: 0 });

    const stranger = await api.fetch(aRequest({ body: body(), headers: { authorization: "" } }));
    const unknown = await api.fetch(aRequest({ method: "PATCH", path: "1/webhooks/9", body: body() }));

    expect([stranger.status, unknown.status]).toEqual([401, 404]);
  });

  it("may be read by authorize from a clone, and else is the host's fault, told loudly", async () => {
    const peeking = await anApi({ authorize: async (request) => (await request.clone().text()) !== "" });
    const taking = await anApi({ authorize: async (request) => (await request.text()) !== "" });

    const made = await peeking.call("POST", "1/webhooks", { webhook: { url: URL_A } });
    const failed = await taking.call("POST", "1/webhooks", { webhook: { url: URL_A } });

    expect(made.status).toBe(200);
    expect(failed.status).toBe(500);
    expect(taking.errors).toEqual([expect.objectContaining({ message: expect.stringContaining("clone()") })]);
  });

  it("keeps any text of a name, and lets none of it into the headers", async () => {
    const { call } = await anApi();
    const { id } = await aWebhook(call);

    await fc.assert(
      fc.asyncProperty(fc.string({ unit: aCodeUnit(), minLength: 1, maxLength: 50 }), async (name) => {
        const changed = await call("PATCH", `1/webhooks/${id}`, { webhook: { name } });

        expect(changed.status).toBe(200);
        expect(changed.json.payload.webhook.name).toBe(name);
        expect([...changed.headers.keys()]).toEqual(["cache-control", "content-type"]);
      }),
    );
  });

  it("of any JSON is answered with 200, 400 or 422, and never an error", async () => {
    const { call, errors } = await anApi();

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), fc.record({ webhook: fc.jsonValue() }), fc.record({ webhook: aWildWebhook() })),
        async (body) => {
          const { status } = await call("POST", "1/webhooks", JSON.stringify(body));

          expect([200, 400, 422]).toContain(status);
        },
      ),
    );

    expect(errors).toEqual([]);
  });
});

/** Control characters and lone surrogates too. */
function aCodeUnit() {
  return fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
}

function aWildWebhook() {
  const url = fc.oneof(
    fc.string({ unit: aCodeUnit() }).map((rest) => `https://${rest}`),
    fc.string({ unit: aCodeUnit() }).map((rest) => `${URL_A}/${rest}`),
    fc.jsonValue(),
  );
  const anything = fc.jsonValue();
  return fc.record(
    { url, name: anything, inbox_id: anything, subscriptions: anything, enabled: anything },
    { requiredKeys: [] },
  );
}

interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly body: NonNullable<RequestInit["body"]>;
  readonly headers?: Record<string, string>;
}

/** What `call` cannot make: other bodies than texts. */
function aRequest({ method = "POST", path = "1/webhooks", body, headers }: RequestParts): Request {
  return new Request(`http://desk.test/api/v1/accounts/${path}`, {
    method,
    headers: { authorization: "Bearer admin", "content-type": "application/json", ...headers },
    body,
    duplex: "half",
  });
}
