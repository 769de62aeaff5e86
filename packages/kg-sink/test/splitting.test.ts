import type { KafkaRestFaults, KafkaRestStub } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aProxy, companiesByRequest, companiesOf } from "./a-proxy.ts";
import { aStartedBus, byState, type BusScript } from "./a-started-bus.ts";
import { companies } from "./some-events.ts";

const idsOf = (count: number) => companies(count).map(({ data }) => data.id);

/** Refuses every request that carries one of these, and does not say which. */
function poison(...ids: readonly string[]): KafkaRestFaults {
  return {
    request: ({ records }) =>
      companiesOf(records).some((id) => ids.includes(id))
        ? { kind: "status", status: 422, error_code: 42_201, message: "Unrecognized field" }
        : undefined,
  };
}

async function published(count: number, proxy: KafkaRestStub, script: BusScript = {}) {
  const started = await aStartedBus(proxy.url, script);
  await started.bus.publishMany(companies(count));
  return started;
}

describe("of a batch that is refused", () => {
  it.each([[["c0"]], [["c317"]], [["c499"]], [["c7", "c8", "c250", "c499"]]])(
    "only the records at fault are dead letters: %s of 500",
    async (ids) => {
      const proxy = await aProxy();
      proxy.faults = poison(...ids);
      const { settled } = await published(500, proxy);

      const deliveries = await settled();

      const good = idsOf(500).filter((id) => !ids.includes(id));
      expect(byState(deliveries)).toEqual({ delivered: good, dead: ids });
      expect(companiesOf(proxy.stored)).toEqual(good);
      for (const { state, attempts, history } of deliveries.filter((one) => one.state === "dead"))
        expect([state, attempts, history[0]!.info]).toEqual(["dead", 1, { status: 422, detail: "Unrecognized field" }]);
    },
  );

  it("one record takes about two requests for each halving", async () => {
    const proxy = await aProxy();
    proxy.faults = poison("c317");
    const { settled } = await published(500, proxy);

    await settled();

    expect(proxy.requests.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(500)));
  });

  it("all are dead letters when all are at fault", async () => {
    const proxy = await aProxy();
    proxy.faults = { request: () => ({ kind: "status", status: 404, error_code: 40_401 }) };
    const { settled } = await published(20, proxy);

    expect(byState(await settled())).toEqual({ dead: idsOf(20) });
  });

  it("what is after a half that is to be tried again waits, in strict order", async () => {
    const proxy = await aProxy();
    proxy.faults = {
      request: ({ records }, index) => {
        if (companiesOf(records).includes("c0")) return { kind: "status", status: index === 0 ? 400 : 503 };
        return undefined;
      },
    };
    const { settled } = await published(4, proxy);

    const deliveries = await settled();

    expect(companiesByRequest(proxy.requests)).toEqual([
      ["c0", "c1", "c2", "c3"],
      ["c0", "c1"],
    ]);
    expect(deliveries.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["pending", 1],
      ["pending", 1],
      ["pending", 0],
      ["pending", 0],
    ]);
  });
});

describe("a request that is too large", () => {
  it("is sent in halves, and the log says so", async () => {
    const proxy = await aProxy({ maxRequestBytes: 1_000 });
    const { settled, logged } = await published(20, proxy);

    const deliveries = await settled();

    expect(byState(deliveries)).toEqual({ delivered: idsOf(20) });
    expect(companiesOf(proxy.stored)).toEqual(idsOf(20));
    const [warning] = logged.filter(({ level }) => level === "warn");
    expect(warning).toMatchObject({
      level: "warn",
      fields: { records: 20, bytes: proxy.requests[0]!.bytes },
      message: "The proxy takes no request of this size: lower batch.maxBytes.",
    });
  });

  it.each(["confluent", "karapace", "strimzi", "redpanda"] as const)(
    "makes a dead letter of a record that is so alone, and of no other: %s",
    async (dialect) => {
      const proxy = await aProxy({ dialect, maxRequestBytes: 1_000 });
      const { bus, settled } = await aStartedBus(proxy.url);
      const [before, large, after] = companies(3);

      await bus.publishMany([before!, { ...large!, data: { id: "c1", name: "x".repeat(1_000) } }, after!]);
      const deliveries = await settled();

      expect(byState(deliveries)).toEqual({ delivered: ["c0", "c2"], dead: ["c1"] });
      expect(deliveries[1]!.history).toMatchObject([{ outcome: "rejected", info: { status: 413 } }]);
    },
  );
});

describe("a proxy that answers by partition", () => {
  it("has stored all of a batch if none failed", async () => {
    const proxy = await aProxy({ dialect: "redpanda", partitions: 3 });
    const { settled } = await published(10, proxy, { key: ({ id }) => id });

    expect(byState(await settled())).toEqual({ delivered: idsOf(10) });
    expect(proxy.requests).toHaveLength(1);
  });

  it("gets one record a request when one failed, and each has its own outcome", async () => {
    const proxy = await aProxy({ dialect: "redpanda" });
    proxy.faults = {
      record: (record) => (companiesOf([record])[0] === "c2" ? { error_code: 2, error: "" } : undefined),
    };
    const { settled } = await published(4, proxy, { ordering: "relaxed" });

    const deliveries = await settled();

    expect(companiesByRequest(proxy.requests)).toEqual([["c0", "c1", "c2", "c3"], ["c0"], ["c1"], ["c2"], ["c3"]]);
    expect(byState(deliveries)).toEqual({ delivered: ["c0", "c1", "c3"], pending: ["c2"] });
    expect(deliveries[2]!.reason).toBe("The proxy did not store the record (2).");
  });

  it("gets none after the one that failed, in strict order", async () => {
    const proxy = await aProxy({ dialect: "redpanda" });
    proxy.faults = {
      record: (record) => (companiesOf([record])[0] === "c1" ? { error_code: 2, error: "" } : undefined),
    };
    const { settled } = await published(4, proxy);

    const deliveries = await settled();

    expect(companiesByRequest(proxy.requests).slice(1)).toEqual([["c0"], ["c1"]]);
    expect(byState(deliveries)).toEqual({ delivered: ["c0"], pending: ["c1", "c2", "c3"] });
  });
});
