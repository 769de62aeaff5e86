import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { KgUserTags } from "../src/index.ts";
import { aPushOf, aPushSource, aTagsEvent, FACES, PATH, TOKEN, type Push } from "./a-push-source.ts";

const FIXTURE = readFileSync(new URL("../../../docs/spec/fixtures/kg/push.json", import.meta.url), "utf8");

describe.each(FACES)("a push to the %s face", (face) => {
  it("that is right is on the bus before it is answered", async () => {
    const { push, published } = await aPushSource({ face });

    const answer = await push({ body: FIXTURE });

    expect([answer.status, answer.text]).toEqual([200, '{"status":"success"}']);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(published).toMatchObject([
      {
        type: "kg.user_tags",
        source: "chat",
        data: {
          recipients: [{ type: "user", id: "0cba00ca3da1b283a57287bcceb17e35" }],
          tags: [
            { value: "kafka", weight: 0.8 },
            { value: "graph", weight: 0.2 },
          ],
        },
      },
    ]);
  });

  it("without events is a success that publishes nothing", async () => {
    const { push, published } = await aPushSource({ face });

    const answer = await push(aPushOf());

    expect([answer.status, answer.text]).toEqual([200, '{"status":"success"}']);
    expect(published).toEqual([]);
  });

  it.each([
    ["without Authorization", undefined],
    ["with a wrong token", "Token another"],
    ["with a longer token", `Token ${TOKEN}x`],
    ["with a shorter token", `Token ${TOKEN.slice(0, -1)}`],
    ["with the token in another case", `Token ${TOKEN.toUpperCase()}`],
    ["with another scheme", `Bearer ${TOKEN}`],
    ["with Basic", `Basic ${Buffer.from(`kg:${TOKEN}`).toString("base64")}`],
    ["with two tokens", `Token ${TOKEN} ${TOKEN}`],
    ["with two credentials", `Token ${TOKEN}, Token ${TOKEN}`],
    ["with the bare token", TOKEN],
    ["with the scheme alone", "Token"],
    ["with an empty Authorization", ""],
    ["with a token of 12,000 characters", `Token ${"x".repeat(12_000)}`],
    ["with a token that is no ASCII", "Token thé-token"],
  ])("%s is unauthorized", async (_case, authorization) => {
    const { push, published, logged } = await aPushSource({ face });

    const answer = await push({ ...aPushOf(aTagsEvent()), headers: { authorization } });

    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Token"]);
    expect(answer.json).toEqual({ status: "error", error: "unauthorized", message: expect.any(String) });
    expect(answer.text).not.toContain(TOKEN);
    expect([published, logged]).toEqual([[], []]);
  });

  it.each([
    ["another content type", { headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
    [
      "a type that begins like JSON",
      { headers: { "content-type": "application/jsonx" } },
      415,
      "unsupported_media_type",
    ],
    ["a compressed body", { headers: { "content-encoding": "gzip" } }, 415, "unsupported_media_type"],
    ["an empty body", { body: "" }, 400, "invalid_request"],
    ["a body that is cut off", { body: FIXTURE.trimEnd().slice(0, -1) }, 400, "invalid_request"],
    ["no UTF-8", { body: Buffer.from('{"events":[],"a":"\xe9"}', "latin1") }, 400, "invalid_request"],
    ["null", { body: "null" }, 400, "invalid_request"],
    ["a list", { body: "[]" }, 400, "invalid_request"],
    ["no events", { body: "{}" }, 400, "invalid_request"],
    ["events that are no list", { body: { events: {} } }, 400, "invalid_request"],
    ["an event without type", aPushOf(aTagsEvent(), { event: {} }), 400, "invalid_request"],
    ["too many bytes", { body: " ".repeat(1_025) }, 413, "payload_too_large"],
    ["another path", { path: `${PATH}/x` }, 404, "not_found"],
    ["an empty Idempotency-Key", { headers: { "idempotency-key": "" } }, 400, "invalid_request"],
    ["an Idempotency-Key of 256", { headers: { "idempotency-key": "x".repeat(256) } }, 400, "invalid_request"],
  ] satisfies readonly (readonly [string, Push, number, string])[])(
    "with %s is refused, all of it",
    async (_case, push, status, code) => {
      const source = await aPushSource({ face, maxBodyBytes: 1_024 });

      const answer = await source.push(push);

      expect([answer.status, answer.json]).toEqual([
        status,
        { status: "error", error: code, message: expect.any(String) },
      ]);
      expect([source.published, source.logged]).toEqual([[], []]);
    },
  );

  it.each(["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])("by %s is told to use POST", async (method) => {
    const { push } = await aPushSource({ face });

    const answer = await push({ method, headers: { authorization: undefined } });

    expect([answer.status, answer.headers.get("allow"), answer.json.error]).toEqual([
      405,
      "POST",
      "method_not_allowed",
    ]);
  });

  it.each(["application/json; charset=utf-8", "Application/JSON", "application/json ;a=b"])(
    "may be %s",
    async (type) => {
      const { push, published } = await aPushSource({ face });

      const answer = await push({ body: FIXTURE, headers: { "content-type": type, "content-encoding": "identity" } });

      expect([answer.status, published.length]).toEqual([200, 1]);
    },
  );

  it("may have a query, a byte order mark, and as many bytes as are allowed", async () => {
    const { push, published } = await aPushSource({ face, maxBodyBytes: 1_024 });
    const body = `\ufeff${FIXTURE}`;

    const answer = await push({ path: `${PATH}?a=b`, body: body + " ".repeat(1_024 - Buffer.byteLength(body)) });

    expect([answer.status, published.length]).toEqual([200, 1]);
  });

  it("takes any of several tokens, in a scheme of any case", async () => {
    const { push } = await aPushSource({ face, tokens: ["old", "new"] });
    const answers = ["Token old", "Token new", "token new", "TOKEN  old", `Token ${TOKEN}`].map((authorization) =>
      push({ headers: { authorization } }),
    );

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 401]);
  });

  it("is known when it comes again", async () => {
    const { push, published } = await aPushSource({ face });

    const answers = [await push({ body: FIXTURE }), await push({ body: FIXTURE })];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(published).toHaveLength(1);
  });

  it("is refused for what is looked at first, when everything about it is wrong", async () => {
    const { push } = await aPushSource({ face, maxBodyBytes: 10 });
    const headers = { authorization: `Token ${TOKEN}x`, "content-type": "text/plain" };
    const body = "not JSON";
    const all = { path: "/", method: "PUT", headers, body: body.repeat(2) };
    const typed = { "content-type": "text/plain" };

    const answers = [
      await push(all),
      await push({ ...all, path: PATH }),
      await push({ headers, body: body.repeat(2) }),
      await push({ headers: typed, body: body.repeat(2) }),
      await push({ body: body.repeat(2) }),
      await push({ body }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 405, 401, 415, 413, 400]);
  });

  it("may be of thousands of users", async () => {
    const { push, published } = await aPushSource({ face });
    const events = Array.from({ length: 5_000 }, (_, index) => aTagsEvent({}, { type: "user", id: `user-${index}` }));

    const answer = await push(aPushOf(...events));

    expect(answer.status).toBe(200);
    expect(published.map(({ data }) => (data as KgUserTags).recipients[0]?.id)).toEqual(
      events.map((_event, index) => `user-${index}`),
    );
  });
});
