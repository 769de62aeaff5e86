import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { aStub, ask, aTrigger } from "./a-stub.ts";

const TRIGGER = "/events/trigger";
const BULK = "/events/trigger/bulk";
const BROADCAST = "/events/trigger/broadcast";

describe("paths", () => {
  it.each([
    ["POST", "/v1/foo"],
    ["POST", "/events/trigger"],
    ["POST", "/v2/events/trigger"],
    ["POST", "/"],
    ["GET", "/v1/events/trigger?a=1"],
    ["PUT", "/v1/events/trigger/bulk"],
    ["POST", "/v1/events/trigger/t1"],
    ["DELETE", "/v1/events/trigger"],
    ["DELETE", "/v1/events/trigger/a/b"],
    ["POST", "/v1/notifications"],
  ])("%s %s does not exist, with a key or without", async (method, path) => {
    const stub = await aStub();

    const response = await fetch(`${stub.url}${path}`, { method });

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      message: `Cannot ${method} ${path}`,
      error: "Not Found",
      statusCode: 404,
    });
    expect(stub.requests).toMatchObject([{ operation: "other", status: 404 }]);
  });

  it.each(["/events/trigger/", "/Events/Trigger"])("%s is taken for the one meant", async (path) => {
    const stub = await aStub();

    expect(await ask(stub, "POST", path, { body: aTrigger() })).toMatchObject({ status: 201 });
  });

  it("says of an id that cannot be decoded that it cannot", async () => {
    const stub = await aStub();

    const answer = await ask(stub, "DELETE", "/events/trigger/%zz");

    expect(answer).toMatchObject({ status: 400, json: { message: "Failed to decode param '%zz'" } });
  });
});

describe("a key", () => {
  it.each([
    ["none", undefined, "Missing authorization header"],
    ["another", "ApiKey other", "API Key not found"],
    ["its beginning", "ApiKey test-ke", "API Key not found"],
    ["another scheme", "Basic dGVzdA==", 'Invalid authentication scheme: "Basic"'],
    ["the scheme in small letters", "apikey test-key", 'Invalid authentication scheme: "apikey"'],
    ["the key alone", "test-key", 'Invalid authentication scheme: "test-key"'],
    ["two spaces", "ApiKey  test-key", "API Key not found"],
    ["the scheme alone", "ApiKey", "Unauthorized"],
    ["a bearer's token", "Bearer test-key", "Unauthorized"],
  ])("is refused: %s", async (_, authorization, message) => {
    const stub = await aStub();

    const answered = await new Promise((resolve, reject) => {
      const headers = authorization === undefined ? {} : { authorization };
      request(`${stub.url}/v1/notifications`, { headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve([response.statusCode, JSON.parse(text)]));
      })
        .on("error", reject)
        .end();
    });

    const error = message === "Unauthorized" ? {} : { error: "Unauthorized" };
    expect(answered).toEqual([401, { message, ...error, statusCode: 401 }]);
  });

  it("of the options is taken, and no other", async () => {
    const stub = await aStub({ apiKey: "secret" });

    expect((await ask(stub, "GET", "/notifications", { headers: { authorization: "ApiKey secret" } })).status).toBe(
      200,
    );
    expect((await ask(stub, "GET", "/notifications")).status).toBe(401);
  });
});

describe("a body", () => {
  it.each([
    ["broken", '{"name":', 400],
    ["no object", "7", 400],
    ["no object", '"text"', 400],
  ])("of JSON that is %s is refused before the key is looked at: %s", async (_, body, status) => {
    const stub = await aStub();

    const answer = await ask(stub, "POST", TRIGGER, { body, headers: { authorization: "none" } });

    const message = expect.stringMatching(/JSON/) as unknown;
    expect(answer).toMatchObject({ status, json: { statusCode: 400, message, error: "Bad Request" } });
    expect(stub.requests).toMatchObject([{ body: undefined, triggers: [] }]);
  });

  it("over the limit is refused, one of just the limit is not", async () => {
    const body = JSON.stringify(aTrigger());
    const stub = await aStub({ maxRequestBytes: body.length });

    const over = await ask(stub, "POST", TRIGGER, { body: `${body} ` });
    const just = await ask(stub, "POST", TRIGGER, { body });

    expect(over.status).toBe(413);
    expect(over.json).toEqual({ statusCode: 413, message: "request entity too large" });
    expect(just.status).toBe(201);
  });

  it("that is not declared as JSON is as good as none", async () => {
    const stub = await aStub();

    const answer = await ask(stub, "POST", TRIGGER, { body: aTrigger(), headers: { "content-type": "text/plain" } });

    expect(answer).toMatchObject({ status: 400, json: { message: { 0: "name should not be null or undefined" } } });
  });

  const hundredAndOne = Array.from({ length: 101 }, () => aTrigger());
  it.each<[string, unknown, readonly string[]]>([
    [
      TRIGGER,
      {},
      ["name should not be null or undefined", "name must be a string", "to should not be null or undefined"],
    ],
    [
      TRIGGER,
      [],
      ["name should not be null or undefined", "name must be a string", "to should not be null or undefined"],
    ],
    [TRIGGER, aTrigger({ name: 7 }), ["name must be a string"]],
    [TRIGGER, aTrigger({ payload: "text" }), ["payload must be an object"]],
    [TRIGGER, aTrigger({ payload: [] }), ["payload must be an object"]],
    [TRIGGER, aTrigger({ overrides: [] }), ["overrides must be an object"]],
    [TRIGGER, aTrigger({ transactionId: 7 }), ["transactionId must be a string"]],
    [TRIGGER, aTrigger({ actor: 7 }), ["nested property actor must be either object or array"]],
    [
      TRIGGER,
      aTrigger({ actor: {} }),
      ["actor.subscriberId should not be null or undefined", "actor.subscriberId must be a string"],
    ],
    [TRIGGER, aTrigger({ tenant: { identifier: 7 } }), ["tenant.identifier must be a string"]],
    [TRIGGER, aTrigger({ tenant: true }), ["nested property tenant must be either object or array"]],
    [
      BULK,
      {},
      ["events must contain no more than 100 elements", "events should not be empty", "events must be an array"],
    ],
    [BULK, { events: [] }, ["events should not be empty"]],
    [BULK, { events: hundredAndOne }, ["events must contain no more than 100 elements"]],
    [BROADCAST, { name: "incident" }, ["payload must be an object"]],
    [
      BROADCAST,
      { transactionId: 7, payload: {} },
      ["name should not be null or undefined", "name must be a string", "transactionId must be a string"],
    ],
  ])("of POST %s is refused: %j", async (path, body, message) => {
    const stub = await aStub();

    const answer = await ask(stub, "POST", path, { body });
    await stub.settled();

    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ message, error: "Bad Request", statusCode: 400 });
    expect(stub.notifications).toEqual([]);
  });

  it("may leave out what is optional, or have null there", async () => {
    const stub = await aStub();
    const nothing = { payload: null, overrides: null, transactionId: null, actor: null, tenant: null };

    const answer = await ask(stub, "POST", TRIGGER, { body: aTrigger(nothing) });
    await stub.settled();

    expect(answer.status).toBe(201);
    expect(stub.notifications.map(({ payload }) => payload)).toEqual([{}]);
  });

  it("of a hundred triggers is taken", async () => {
    const stub = await aStub();

    const answer = await ask(stub, "POST", BULK, { body: { events: hundredAndOne.slice(1) } });

    expect(answer).toMatchObject({ status: 201, json: { data: { length: 100 } } });
  });
});
