import { describe, expect, it } from "vitest";
import { aProxy, companiesByRequest } from "./a-proxy.ts";
import { aStartedBus, type BusScript } from "./a-started-bus.ts";
import { aCompany, aMessage, aUser, companies } from "./some-events.ts";

/** The requests that carry these companies, and the proxy that got them. */
async function sent(script: BusScript = {}, count = 1, path = "") {
  const proxy = await aProxy();
  const { bus, settled } = await aStartedBus(`${proxy.url}${path}`, script);
  await bus.publishMany(companies(count));
  await settled();
  return proxy.requests;
}

describe("a request", () => {
  it("is a POST of the records to the topic, with the contract's headers to the letter", async () => {
    const [request] = await sent();

    expect(request).toMatchObject({
      method: "POST",
      path: "/topics/twake",
      status: 200,
      headers: {
        "content-type": "application/vnd.kafka.json.v2+json",
        accept: "application/vnd.kafka.v2+json",
      },
      records: [
        {
          key: "null",
          value: { id: "Company", properties: { _kg_company_id: "c0", company_id: "c0", company_name: "Acme" } },
        },
      ],
    });
    expect(request!.headers.authorization).toBeUndefined();
    expect(Object.keys(request!.records[0]!)).toEqual(["key", "value"]);
  });

  it.each(["/", "///"])("goes to the same path when the URL ends with %j", async (slashes) => {
    const [request] = await sent({}, 1, slashes);

    expect(request!.path).toBe("/topics/twake");
  });

  it("goes below the path of the URL, to the topic of the option", async () => {
    const [request] = await sent({ topic: "graph.v2_test-1" }, 1, "/kafka/rest/");

    expect(request!.path).toBe("/kafka/rest/topics/graph.v2_test-1");
  });

  it.each([
    [{ type: "basic", username: "jane", password: "pä:ss" }, `Basic ${Buffer.from("jane:pä:ss").toString("base64")}`],
    [{ type: "basic", username: "jane", password: "" }, `Basic ${Buffer.from("jane:").toString("base64")}`],
    [{ type: "bearer", token: "t0k-en" }, "Bearer t0k-en"],
  ] as const)("says who it is from by %j", async (auth, authorization) => {
    const [request] = await sent({ auth });

    expect(request!.headers.authorization).toBe(authorization);
  });

  it("bears the host's headers, an Authorization of its own making too", async () => {
    const [request] = await sent({
      headers: { "X-Tenant": "a b", Authorization: "Digest x", "User-Agent": "Twake/1" },
    });

    expect(request!.headers).toMatchObject({
      "x-tenant": "a b",
      authorization: "Digest x",
      "user-agent": "Twake/1",
      "content-type": "application/vnd.kafka.json.v2+json",
    });
  });

  it("is accepted by a proxy that asks for credentials", async () => {
    const proxy = await aProxy({ authorization: "Bearer t0k-en" });
    const { bus, settled } = await aStartedBus(proxy.url, { auth: { type: "bearer", token: "t0k-en" } });

    await bus.publishMany(companies(1));
    const [delivery] = await settled();

    expect(delivery!.state).toBe("delivered");
  });
});

describe("the key of records", () => {
  it("may be any text", async () => {
    const [request] = await sent({ key: 'a "b" \u00e9' });

    expect(request!.records[0]!.key).toBe('a "b" é');
  });

  it("may come of the event", async () => {
    const [request] = await sent({ key: ({ type, data }) => `${type}/${(data as { id: string }).id}` }, 2);

    expect(request!.records.map(({ key }) => key)).toEqual(["company.created/c0", "company.created/c1"]);
  });

  it.each<[string, () => string]>([
    [
      "throws",
      () => {
        throw new RangeError("secret");
      },
    ],
    ["gives no text", () => 7 as unknown as string],
  ])("makes a dead letter of an event for which the function %s, and of no other", async (_, fail) => {
    const proxy = await aProxy();
    const key: BusScript["key"] = ({ id }) => (id === "event-c1" ? fail() : "k");
    const { bus, settled, logged } = await aStartedBus(proxy.url, { key });

    await bus.publishMany(companies(3));
    const deliveries = await settled();

    expect(deliveries.map(({ state }) => state)).toEqual(["delivered", "dead", "delivered"]);
    expect(deliveries[1]!.reason).toBe("the option key gave no text");
    expect(logged.filter(({ level }) => level === "error")).toHaveLength(1);
    expect(companiesByRequest(proxy.requests)).toEqual([["c0", "c2"]]);
  });
});

describe("the bounds of a request", () => {
  it("are 500 records by default", async () => {
    const requests = await sent({}, 501);

    expect(requests.map(({ records }) => records.length)).toEqual([500, 1]);
  });

  it("are the host's number of records, in the order of the events", async () => {
    const requests = await sent({ batch: { maxRecords: 2 } }, 5);

    expect(companiesByRequest(requests)).toEqual([["c0", "c1"], ["c2", "c3"], ["c4"]]);
  });

  it("count the records and not the events, so that a user in 600 companies takes two requests", async () => {
    const proxy = await aProxy();
    // Each of the records names all the companies.
    const { bus, settled } = await aStartedBus(proxy.url, { batch: { maxBytes: 4_000_000 } });
    const all = Array.from({ length: 600 }, (_, index) => ({ id: `c${index}` }));

    await bus.publish("user.created", aUser({ companies: all }));
    const [delivery] = await settled();

    expect(delivery!.state).toBe("delivered");
    expect(companiesByRequest(proxy.requests)).toEqual([
      all.slice(0, 500).map(({ id }) => id),
      all.slice(500).map(({ id }) => id),
    ]);
  });

  it("are bytes of the whole body, of which none is too many", async () => {
    const [all] = await sent({}, 4);
    const exact = await sent({ batch: { maxBytes: all!.bytes } }, 4);
    const oneLess = await sent({ batch: { maxBytes: all!.bytes - 1 } }, 4);

    expect(companiesByRequest(exact)).toEqual([["c0", "c1", "c2", "c3"]]);
    expect(companiesByRequest(oneLess)).toEqual([["c0", "c1", "c2"], ["c3"]]);
  });

  it("count bytes and not characters", async () => {
    const proxy = await aProxy();
    const { bus, settled } = await aStartedBus(proxy.url, { batch: { maxBytes: 4_000 } });
    const event = (id: string) => ({ ...aCompany(id), data: { id, name: "é".repeat(1_000) } });

    await bus.publishMany([event("c0"), event("c1")]);
    await settled();

    expect(proxy.requests.map(({ bytes }) => bytes < 4_000)).toEqual([true, true]);
  });

  it("let a record that is larger go alone", async () => {
    const requests = await sent({ batch: { maxBytes: 1 } }, 3);

    expect(companiesByRequest(requests)).toEqual([["c0"], ["c1"], ["c2"]]);
  });

  it("let an incomplete batch wait for more", async () => {
    const proxy = await aProxy();
    const { bus, clock, settled } = await aStartedBus(proxy.url, { batch: { lingerMs: 50 } });

    await bus.publishMany(companies(1));
    await clock.advance(49);
    await bus.publishMany(companies(1, 1));
    const before = proxy.requests.length;
    await clock.advance(1);
    await settled();

    expect(before).toBe(0);
    expect(companiesByRequest(proxy.requests)).toEqual([["c0", "c1"]]);
  });
});

describe("what is sent", () => {
  it("has the extensions that the host asks for, behind the contract's properties", async () => {
    const proxy = await aProxy();
    const extensions = { event_id: true, message_id: true, deleted: true };
    const { bus, settled } = await aStartedBus(proxy.url, { extensions });

    const { id } = await bus.publish("message.updated", aMessage({ deleted: true }));
    await settled();

    const { properties } = proxy.stored[0]!.value as { properties: Record<string, unknown> };
    expect(Object.entries(properties).slice(-3)).toEqual([
      ["event_id", id],
      ["message_id", "m1"],
      ["deleted", true],
    ]);
  });

  it("has no extension by default", async () => {
    const proxy = await aProxy();
    const { bus, settled } = await aStartedBus(proxy.url);

    await bus.publish("message.updated", aMessage({ deleted: true }));
    await settled();

    const { properties } = proxy.stored[0]!.value as { properties: Record<string, unknown> };
    expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(["event_id"]));
    expect(Object.keys(properties).at(-1)).toBe("user_id");
  });

  it("leaves out what the host does not share, and counts it as skipped", async () => {
    const proxy = await aProxy();
    const { bus, settled } = await aStartedBus(proxy.url, { forwardedCompanies: ["c1"] });

    await bus.publishMany(companies(3));
    await bus.publish("message.created", aMessage({ author: null, company: { id: "c1" } }));
    await settled();

    expect(await bus.deliveries.stats()).toMatchObject({ delivered: 1, skipped: 3, dead: 0, pending: 0 });
    expect(companiesByRequest(proxy.requests)).toEqual([["c1"]]);
  });

  it("asks the host's own preferences, which may take their time", async () => {
    const proxy = await aProxy();
    const preferences = { sharingOf: async ({ id }: { id: string }) => (id === "u1" ? "all" : "nothing") };
    const { bus, settled } = await aStartedBus(proxy.url, { preferences });

    await bus.publish("message.created", aMessage({ author: { id: "u1" } }));
    await bus.publish("message.created", aMessage({ author: { id: "u2", sharing: "all" } }));
    const deliveries = await settled();

    expect(deliveries.map(({ state }) => state)).toEqual(["delivered", "skipped"]);
    expect(proxy.stored.map(({ value }) => value)).toMatchObject([{ properties: { message_content: "hello" } }]);
  });

  it("asks them once for each user of an attempt, and tells them when it ends", async () => {
    const proxy = await aProxy();
    const asked: string[] = [];
    const preferences = {
      sharingOf: async ({ id }: { id: string }, { signal }: { signal: AbortSignal }) => {
        asked.push(`${id} ${signal.aborted}`);
        return "all";
      },
    };
    const { bus, settled } = await aStartedBus(proxy.url, { preferences });
    const of = (id: string) => ({ type: "message.created" as const, data: aMessage({ author: { id } }) });

    await bus.publishMany([of("u1"), of("u2"), of("u1")]);
    await settled();

    expect(asked).toEqual(["u1 false", "u2 false"]);
    expect(proxy.stored).toHaveLength(3);
  });

  it("is nothing when every event is left out", async () => {
    const requests = await sent({ forwardedCompanies: ["none"] }, 3);

    expect(requests).toEqual([]);
  });
});
