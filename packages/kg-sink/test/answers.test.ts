import { gotTransport } from "@bus/http";
import type { KafkaRestFaults, KafkaRestStub, RequestFault } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aBusyUrl, aProxy, companiesByRequest, companiesOf } from "./a-proxy.ts";
import { aStartedBus, byState, type BusScript } from "./a-started-bus.ts";
import { companies } from "./some-events.ts";

const NAMES = ["confluent", "karapace", "strimzi", "redpanda"] as const;

/** A proxy with faults, a bus for it, and three companies published. */
async function threeCompanies(faults: KafkaRestFaults, script: BusScript = {}, proxy?: KafkaRestStub) {
  const target = proxy ?? (await aProxy());
  target.faults = faults;
  const started = await aStartedBus(target.url, script);
  await started.bus.publishMany(companies(3));
  return { ...started, proxy: target };
}

/** The fault of the one record of this company, as long as it is not mended. */
function faultOf(company: string, error_code: number, error: string) {
  const state = { isMended: false };
  const faults: KafkaRestFaults = {
    record: (record) => (!state.isMended && companiesOf([record])[0] === company ? { error_code, error } : undefined),
  };
  return { faults, mend: () => void (state.isMended = true) };
}

describe("an entry of each record", () => {
  it.each(NAMES)("makes it delivered, and says where to: %s", async (dialect) => {
    const { settled } = await threeCompanies({}, {}, await aProxy({ dialect }));

    const deliveries = await settled();

    expect(byState(deliveries)).toEqual({ delivered: ["c0", "c1", "c2"] });
    const info = deliveries.map(({ history }) => history[0]!.info);
    const places = [0, 1, 2].map((offset) => ({ status: 200, detail: `partition 0, offset ${offset}` }));
    // Redpanda says one place for all.
    expect(info).toEqual(dialect === "redpanda" ? Array.from({ length: 3 }, () => ({ status: 200 })) : places);
  });

  it.each(["confluent", "karapace", "strimzi"] as const)(
    "that failed makes that record retried, and it alone, in the proxy's words: %s",
    async (dialect) => {
      const { faults, mend } = faultOf("c1", 50_003, "Leader not available");
      const { settled, reach, clock, proxy } = await threeCompanies(faults, {}, await aProxy({ dialect }));

      const [, retried] = await settled();
      mend();
      await clock.advance(1_000);
      await reach({ delivered: ["c0", "c1", "c2"] });

      expect(retried).toMatchObject({
        state: "pending",
        attempts: 1,
        reason: "The proxy did not store the record (50003): Leader not available",
      });
      expect(retried!.history[0]).toMatchObject({
        outcome: "retry",
        info: { status: dialect === "karapace" ? 422 : 200, detail: "Leader not available" },
      });
      expect(companiesByRequest(proxy.requests)).toEqual([["c0", "c1", "c2"], ["c1"]]);
    },
  );

  it.each([50_002, 50_003, 1, 2, 87])("that goes on failing with %i ends as a dead letter", async (code) => {
    const { faults } = faultOf("c1", code, "words");
    const { reach } = await threeCompanies(faults, { policy: { retry: [0, 0] } });

    const [, dead] = await reach({ delivered: ["c0", "c2"], dead: ["c1"] });

    expect(dead!.history.map(({ outcome, info }) => [outcome, info!.detail])).toEqual(
      Array.from({ length: 3 }, () => ["retry", "words"]),
    );
  });

  it.each([50_002, 1, 500])("that says %i and too large makes a dead letter at once", async (code) => {
    const { faults } = faultOf("c1", code, "The message is larger than the maximum request size");
    const { settled } = await threeCompanies(faults);

    const deliveries = await settled();

    expect(byState(deliveries)).toEqual({ delivered: ["c0", "c2"], dead: ["c1"] });
    expect(deliveries[1]).toMatchObject({
      attempts: 1,
      reason: `The proxy did not store the record (${code}): The message is larger than the maximum request size`,
      history: [{ outcome: "rejected", info: { detail: "The message is larger than the maximum request size" } }],
    });
  });

  it.each([40_101, 40_301])("of %i pauses the lane without an attempt used; the others' stand", async (code) => {
    const { faults, mend } = faultOf("c1", code, "Not authorized");
    const { settled, reach, clock, signals, proxy } = await threeCompanies(faults);

    const paused = await settled();
    await clock.advance(59_999);
    const requests = proxy.requests.length;
    mend();
    await clock.advance(1);
    await reach({ delivered: ["c0", "c1", "c2"] });

    expect(byState(paused)).toEqual({ delivered: ["c0", "c2"], pending: ["c1"] });
    expect(paused[1]).toMatchObject({
      attempts: 0,
      history: [{ outcome: "pause", info: { detail: "Not authorized" } }],
    });
    expect(requests).toBe(1);
    expect(signals.map(({ name }) => name)).toEqual(["paused", "resumed"]);
  });
});

describe("an answer to the whole request", () => {
  it.each([401, 403])("of %i pauses the lane without attempts used, and it goes on when let in", async (status) => {
    const fault = { kind: "status", status, message: "Not authorized" } as const;
    const { settled, reach, clock, signals, proxy } = await threeCompanies({ request: () => fault });

    const paused = await settled();
    proxy.faults = {};
    await clock.advance(60_000);
    await reach({ delivered: ["c0", "c1", "c2"] });

    expect(paused.map(({ state, attempts, history }) => [state, attempts, history[0]!.outcome])).toEqual(
      Array.from({ length: 3 }, () => ["pending", 0, "pause"]),
    );
    expect(signals).toMatchObject([
      { name: "paused", reason: `The proxy answered ${status}: Not authorized` },
      { name: "resumed" },
    ]);
    expect(companiesOf(proxy.stored)).toEqual(["c0", "c1", "c2"]);
  });

  it.each<[string, RequestFault, number]>([
    ["408", { kind: "status", status: 408 }, 408],
    ["429", { kind: "status", status: 429 }, 429],
    ["500", { kind: "status", status: 500, error_code: 50_002, message: "Kafka error" }, 500],
    ["503", { kind: "status", status: 503 }, 503],
    ["a gateway's page", { kind: "body", status: 502, body: "<html>Bad gateway", contentType: "text/html" }, 502],
    ["a page of 200", { kind: "body", status: 200, body: "<html>Sign in" }, 200],
    ["no entries", { kind: "body", status: 200, body: '{"offsets":[]}', stores: true }, 200],
    ["too many entries", { kind: "body", status: 200, body: '{"offsets":[{},{},{},{}]}', stores: true }, 200],
    ["a part of the entries", { kind: "reset", stores: true, afterBytes: 30 }, 200],
    ["a redirect", { kind: "body", status: 302, body: "" }, 302],
    ["415", { kind: "status", status: 415 }, 415],
  ])("is retried as a whole: %s", async (_, fault, status) => {
    const { settled, reach, clock, proxy } = await threeCompanies({ request: () => fault });

    const first = await settled();
    proxy.faults = {};
    await clock.advance(1_000);
    await reach({ delivered: ["c0", "c1", "c2"] });

    expect(first).toMatchObject(
      Array.from({ length: 3 }, () => ({
        state: "pending",
        attempts: 1,
        history: [{ outcome: "retry", info: { status } }],
      })),
    );
    expect(companiesByRequest(proxy.requests)).toEqual(Array.from({ length: 2 }, () => ["c0", "c1", "c2"]));
  });

  it.each([404, 422, 400])("of %i to one record makes a dead letter in the proxy's words", async (status) => {
    const proxy = await aProxy();
    proxy.faults = { request: () => ({ kind: "status", status, message: "Unrecognized field: x" }) };
    const { bus, settled } = await aStartedBus(proxy.url);

    await bus.publishMany(companies(1));
    const [delivery] = await settled();

    expect(delivery).toMatchObject({
      state: "dead",
      attempts: 1,
      reason: `The proxy answered ${status}: Unrecognized field: x`,
      history: [{ outcome: "rejected", info: { status, detail: "Unrecognized field: x" } }],
    });
  });

  it.each(["confluent", "karapace"] as const)(
    "that there is no such topic makes dead letters of all: %s",
    async (dialect) => {
      const { settled } = await threeCompanies({}, {}, await aProxy({ dialect, topics: ["other"] }));

      const deliveries = await settled();

      expect(byState(deliveries)).toEqual({ dead: ["c0", "c1", "c2"] });
      expect(deliveries[0]!.reason).toContain("(40401)");
    },
  );

  it("is waited for no longer than its Retry-After asks", async () => {
    const { bus, settled, clock } = await aStartedBus(await aBusyUrl("120"));

    await bus.publishMany(companies(1));
    const [delivery] = await settled();

    expect(delivery!.dueAt).toBe(clock.now() + 120_000);
  });
});

describe("no answer", () => {
  it("in time is retried", async () => {
    const { settled } = await threeCompanies({ request: () => ({ kind: "hang" }) }, { deadlineMs: 50 });

    const deliveries = await settled();

    expect(deliveries).toMatchObject(
      Array.from({ length: 3 }, () => ({
        state: "pending",
        attempts: 1,
        reason: expect.stringMatching(/took longer than 50 ms/),
      })),
    );
  });

  it.each([false, true])("but a reset is retried, whether the records are stored or not (%s)", async (stores) => {
    const { settled, reach, clock, proxy } = await threeCompanies({ request: () => ({ kind: "reset", stores }) });

    const first = await settled();
    proxy.faults = {};
    await clock.advance(1_000);
    await reach({ delivered: ["c0", "c1", "c2"] });

    expect(first).toMatchObject(
      Array.from({ length: 3 }, () => ({ state: "pending", reason: expect.stringMatching(/ECONNRESET/) })),
    );
    expect(proxy.stored).toHaveLength(stores ? 6 : 3);
  });

  it("of a proxy that is not there is retried", async () => {
    const proxy = await aProxy();
    await proxy.close();
    const { settled } = await threeCompanies({}, {}, proxy);

    const deliveries = await settled();

    expect(deliveries).toMatchObject(
      Array.from({ length: 3 }, () => ({
        state: "pending",
        attempts: 1,
        reason: expect.stringMatching(/ECONNREFUSED/),
      })),
    );
  });

  it("of an address that is never reached is retried, for the mistake may be the network's", async () => {
    const { bus, settled } = await aStartedBus("http://metadata.test", {
      http: gotTransport({ resolve: async () => [{ address: "169.254.169.254", family: 4 }] }),
    });

    await bus.publishMany(companies(1));
    const [delivery] = await settled();

    expect(delivery).toMatchObject({
      state: "pending",
      attempts: 1,
      reason: expect.stringMatching(/no public address/),
    });
  });
});

describe("what is kept of an answer", () => {
  it("has none of the secrets that it repeats", async () => {
    const proxy = await aProxy();
    proxy.faults = {
      request: ({ headers }) => ({ kind: "body", status: 500, body: `You sent ${JSON.stringify(headers)}` }),
    };
    const { bus, settled, logged } = await aStartedBus(proxy.url, {
      auth: { type: "basic", username: "jane", password: "correct horse" },
      headers: { "X-Api-Key": "battery staple" },
    });

    await bus.publishMany(companies(1));
    const deliveries = await settled();

    const kept = JSON.stringify([deliveries, logged]);
    expect(kept).toContain("You sent");
    expect(kept).not.toMatch(/battery|correct horse/);
    expect(kept).not.toContain(Buffer.from("jane:correct horse").toString("base64"));
  });
});
