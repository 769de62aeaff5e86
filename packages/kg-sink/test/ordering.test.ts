import { systemClock, type Clock } from "@bus/core";
import { gotTransport, type HttpTransport } from "@bus/http";
import type { KafkaRestFaults } from "@bus/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { aProxy, companiesByRequest, companiesOf } from "./a-proxy.ts";
import { aStartedBus, byState, type BusScript } from "./a-started-bus.ts";
import { aMessage, companies } from "./some-events.ts";

/** Fails with 503 while a request carries this company. */
function unavailableFor(company: string) {
  const state = { isMended: false };
  const faults: KafkaRestFaults = {
    request: ({ records }) =>
      !state.isMended && companiesOf(records).includes(company) ? { kind: "status", status: 503 } : undefined,
  };
  return { faults, mend: () => void (state.isMended = true) };
}

async function published(count: number, faults: KafkaRestFaults, script: BusScript) {
  const proxy = await aProxy();
  proxy.faults = faults;
  const started = await aStartedBus(proxy.url, script);
  await started.bus.publishMany(companies(count));
  return { ...started, proxy };
}

const TWO_A_REQUEST = { batch: { maxRecords: 2 } };

describe("strict order", () => {
  it("is the default: a record that is to be tried again holds back all after it", async () => {
    const { faults, mend } = unavailableFor("c2");
    const { until, clock, deliveries, reach, bus, proxy } = await published(8, faults, TWO_A_REQUEST);
    await until(() => expect(proxy.requests).toHaveLength(2));
    await reach({ delivered: ["c0", "c1"], pending: ["c2", "c3", "c4", "c5", "c6", "c7"] });

    await bus.publishMany(companies(1, 8));
    await clock.advance(900);
    const held = await deliveries();
    mend();
    await clock.advance(300_000);
    await reach({ delivered: companies(9).map(({ data }) => data.id) });

    expect(byState(held)).toMatchObject({ delivered: ["c0", "c1"] });
    expect(companiesOf(proxy.stored)).toEqual(companies(9).map(({ data }) => data.id));
    const sizes = companiesByRequest(proxy.requests).slice(0, 2);
    expect(sizes).toEqual([
      ["c0", "c1"],
      ["c2", "c3"],
    ]);
  });

  it("holds back within a batch of several requests, without attempts used, and names what it waits for", async () => {
    const proxy = await aProxy();
    proxy.faults = unavailableFor("c2").faults;
    const { bus, settled } = await aStartedBus(proxy.url, { batch: { maxRecords: 3 } });
    // Two companies a user: three users are a batch of two requests.
    const users = ["c0", "c2", "c4"].map((id, index) => ({
      type: "user.created" as const,
      data: { id: `u${index}`, companies: [{ id }, { id: `${id}b` }] },
    }));

    await bus.publishMany(users);
    const deliveries = await settled();

    expect(companiesByRequest(proxy.requests)).toEqual([["c0", "c0b", "c2"]]);
    expect(deliveries.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["pending", 1],
      ["pending", 1],
      ["pending", 0],
    ]);
    expect(deliveries[2]!.reason).toBe(`Held back behind delivery "${deliveries[0]!.id}".`);
  });

  it("holds back behind an event whose preference cannot be looked up, and sends those before it", async () => {
    const proxy = await aProxy();
    const state = { isDown: true };
    const preferences = {
      sharingOf: async () => {
        if (state.isDown) throw new Error("down");
        return "all";
      },
    };
    const { bus, settled, clock, until } = await aStartedBus(proxy.url, { preferences });
    const [first, last] = companies(2);

    await bus.publishMany([first!, { type: "message.created", data: aMessage({ company: { id: "m" } }) }, last!]);
    const deliveries = await settled();
    const before = companiesByRequest(proxy.requests);
    state.isDown = false;
    await clock.advance(1_000);
    await until(() => expect(companiesOf(proxy.stored)).toEqual(["c0", "m", "c1"]));

    expect(before).toEqual([["c0"]]);
    expect(deliveries.map(({ attempts, reason }) => [attempts, reason])).toEqual([
      [1, undefined],
      [1, "the look-up of the sharing preference failed"],
      [0, `Held back behind delivery "${deliveries[1]!.id}".`],
    ]);
  });

  it("goes on behind a dead letter", async () => {
    const faults: KafkaRestFaults = {
      request: ({ records }) => (companiesOf(records).includes("c2") ? { kind: "status", status: 400 } : undefined),
    };
    const { reach, proxy } = await published(6, faults, TWO_A_REQUEST);

    await reach({ delivered: ["c0", "c1", "c3", "c4", "c5"], dead: ["c2"] });

    expect(companiesOf(proxy.stored)).toEqual(["c0", "c1", "c3", "c4", "c5"]);
  });
});

describe("relaxed order", () => {
  it("lets those after it pass", async () => {
    const { faults, mend } = unavailableFor("c2");
    const script = { ...TWO_A_REQUEST, ordering: "relaxed" } as const;
    const { reach, clock, proxy } = await published(8, faults, script);

    await reach({ delivered: ["c0", "c1", "c4", "c5", "c6", "c7"], pending: ["c2", "c3"] });
    mend();
    await clock.advance(1_000);
    await reach({ delivered: companies(8).map(({ data }) => data.id) });

    expect(companiesOf(proxy.stored).slice(-2)).toEqual(["c2", "c3"]);
  });

  it("lets the requests of a batch pass, too", async () => {
    const proxy = await aProxy();
    proxy.faults = unavailableFor("c0").faults;
    const { bus, settled } = await aStartedBus(proxy.url, { batch: { maxRecords: 1 }, ordering: "relaxed" });

    await bus.publish("user.created", { id: "u1", companies: [{ id: "c0" }, { id: "c1" }] });
    const [delivery] = await settled();

    expect(companiesByRequest(proxy.requests)).toEqual([["c0"], ["c1"]]);
    expect(delivery).toMatchObject({
      state: "pending",
      attempts: 1,
      reason: "The proxy answered 503: HTTP 503 Service Unavailable",
    });
  });

  it("sends nothing more once the proxy lets nobody in", async () => {
    const proxy = await aProxy();
    proxy.faults = { request: () => ({ kind: "status", status: 401 }) };
    const { bus, settled } = await aStartedBus(proxy.url, { batch: { maxRecords: 1 }, ordering: "relaxed" });

    await bus.publish("user.created", { id: "u1", companies: [{ id: "c0" }, { id: "c1" }] });
    const [delivery] = await settled();

    expect(proxy.requests).toHaveLength(1);
    expect(delivery).toMatchObject({ state: "pending", attempts: 0, history: [{ outcome: "pause" }] });
  });
});

describe("an event of several records", () => {
  it.each<[string, readonly number[], object]>([
    ["pauses before it is retried", [50_003, 40_301], { state: "pending", history: [{ outcome: "pause" }] }],
    ["is retried before it is a dead letter", [99, 50_003], { state: "pending", history: [{ outcome: "retry" }] }],
    ["is a dead letter before it is delivered", [0, 99], { state: "dead", history: [{ outcome: "rejected" }] }],
    ["is delivered when all of them are", [0, 0], { state: "delivered", history: [{ outcome: "delivered" }] }],
  ])("%s", async (_, codes, expected) => {
    const proxy = await aProxy();
    proxy.faults = {
      record: (record) => {
        const code = codes[Number(companiesOf([record])[0])] ?? 0;
        return code === 0 ? undefined : { error_code: code, error: code === 99 ? "too large" : "" };
      },
    };
    const { bus, settled } = await aStartedBus(proxy.url);

    await bus.publish("user.created", { id: "u1", companies: [{ id: "0" }, { id: "1" }] });
    const [delivery] = await settled();

    expect(delivery).toMatchObject(expected);
  });
});

describe("the time of one attempt", () => {
  /** Ever so much later than the system's clock, by a test's will. */
  function aLaterClock() {
    const late = { ms: 0 };
    const time: Clock = { ...systemClock, steady: () => systemClock.steady() + late.ms };
    return { time, late };
  }

  /** The real transport, and the deadlines that it was given. */
  function aWatchedTransport() {
    const real = gotTransport();
    onTestFinished(() => real.stop());
    const deadlines: number[] = [];
    const http: HttpTransport = {
      request: (request) => {
        deadlines.push(request.deadlineMs);
        return real.request(request);
      },
      stop: () => real.stop(),
    };
    return { http, deadlines };
  }

  it("bounds what comes of a split: what is not sent by then costs no attempt", async () => {
    const { time, late } = aLaterClock();
    const { http, deadlines } = aWatchedTransport();
    const proxy = await aProxy();
    proxy.faults = {
      request: () => {
        late.ms += 20_000;
        return { kind: "status", status: 422 };
      },
    };
    const { bus, deliveries } = await aStartedBus(proxy.url, { time, http, policy: { retry: [3_600_000] } });

    await bus.publishMany(companies(16));
    await expect.poll(async () => (await deliveries()).every(({ history }) => history.length > 0)).toBe(true);
    const all = await deliveries();

    // 25 s beyond the first deadline of 130 s.
    expect(deadlines.slice(0, 8).map((ms) => Math.round(ms / 1_000))).toEqual([130, 130, 115, 95, 75, 55, 35, 15]);
    const untried = all.filter(({ state }) => state === "pending");
    expect(untried.length).toBeGreaterThan(0);
    expect(new Set(untried.map(({ attempts, history }) => `${attempts} ${history[0]!.reason}`))).toEqual(
      new Set(["0 No time was left to send it."]),
    );
    expect(all.filter(({ state }) => state === "dead").length).toBe(16 - untried.length);
  });
});
