import assert from "node:assert/strict";
import type { AppendEntry, Attempt, LaneId, StoredEvent } from "@bus/core";
import { ALL, anEnd, anEntry, anEvent, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest, StoreTestContext } from "./store-test.ts";
import { JSON_TEXTS, LOOKALIKES } from "./texts.ts";

/** What the store shows of one entry wherever it shows it: leased, alone and in a page. */
async function shown({ open }: StoreTestContext, entry: AppendEntry): Promise<readonly AppendEntry[]> {
  const store = await open();
  await store.append([entry], NO_BOUND);
  const views = [await leasedOne(store), await store.get("a"), ...(await store.query({}, ALL)).items];
  return views.map((view) => {
    assert.ok(view !== undefined);
    const { event, id, sink, destination, orderKey, mapped } = view;
    return {
      event,
      deliveries: [
        { id, sink, destination, ...(orderKey !== undefined && { orderKey }), ...(mapped !== undefined && { mapped }) },
      ],
    };
  });
}

async function showsAsGiven(context: StoreTestContext, entry: AppendEntry): Promise<void> {
  assert.deepEqual(await shown(context, entry), [entry, entry, entry]);
}

const ATTRIBUTES: Partial<StoredEvent> = {
  subject: "conversation/7",
  key: "conversation-7",
  tenant: "account-1",
  correlationid: "request-1",
  causationid: "event-1",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

const keepsData: readonly StoreTest[] = JSON_TEXTS.map(([what, data]) => ({
  name: `keeps data as it was given: ${what}`,
  run: (context) => showsAsGiven(context, anEntry("a", {}, { data })),
}));

export const payloads: readonly StoreTest[] = [
  ...keepsData,
  {
    name: "keeps what a map made of an event as it was given",
    run: async ({ open }) => {
      const store = await open();
      const made = JSON_TEXTS.map(([type, data]) => ({ type, data }));
      await store.append(
        made.map((mapped, n) => anEntry(`${n}`, { mapped })),
        NO_BOUND,
      );

      const deliveries = await leased(store, { limit: 1_000 });
      const { items } = await store.query({}, ALL);

      const given = made.map((mapped, n) => [`${n}`, { mapped, data: "{}" }] as const);
      assert.deepEqual(
        new Map(deliveries.map(({ id, mapped, event: { data } }) => [id, { mapped, data }])),
        new Map(given),
      );
      assert.deepEqual(new Map(items.map(({ id, mapped, event: { data } }) => [id, { mapped, data }])), new Map(given));
    },
  },
  {
    name: "keeps the attributes of an event",
    run: (context) => showsAsGiven(context, anEntry("a", {}, ATTRIBUTES)),
  },
  {
    name: "tells an empty attribute of an event from none",
    run: (context) => {
      const empty = Object.fromEntries(Object.keys(ATTRIBUTES).map((name) => [name, ""]));
      return showsAsGiven(context, anEntry("a", {}, empty));
    },
  },
  {
    name: "adds nothing to an event that has no attributes",
    run: async (context) => {
      for (const { event } of await shown(context, anEntry("a"))) {
        assert.deepEqual(Object.keys(event).toSorted(), Object.keys(anEvent()).toSorted());
      }
    },
  },
  {
    name: "keeps the time of an event as it was written",
    run: (context) => showsAsGiven(context, anEntry("a", {}, { time: "2026-01-01T02:03:04.567890+02:00" })),
  },
  {
    name: "tells event ids apart, whatever is in them",
    run: async ({ open }) => {
      const store = await open();
      const entries = LOOKALIKES.map((id, n) => anEntry(id, { id: `${n}` }));

      const answers = await store.append(entries, NO_BOUND);

      assert.deepEqual(new Set(answers), new Set(["appended"]));
      const { items } = await store.query({}, ALL);
      assert.deepEqual(new Set(items.map(({ event }) => event.id)), new Set(LOOKALIKES));
      assert.deepEqual(new Set(await store.append(entries, NO_BOUND)), new Set(["duplicate"]));
    },
  },
  {
    name: "tells delivery ids apart, whatever is in them",
    run: async ({ open }) => {
      const store = await open();
      await store.append(
        LOOKALIKES.map((id, n) => anEntry(`${n}`, { id })),
        NO_BOUND,
      );

      const deliveries = await leased(store, { limit: 1_000 });
      const answers = await store.settle(
        deliveries.map((delivery) => anEnd(delivery, { reason: delivery.event.id })),
        0,
      );

      assert.deepEqual(new Set(answers), new Set([true]));
      for (const [n, id] of LOOKALIKES.entries()) {
        const record = await store.get(id);
        const { items } = await store.query({ id }, ALL);
        assert.deepEqual([record?.id, record?.event.id, record?.reason, items], [id, `${n}`, `${n}`, [record]]);
      }
    },
  },
  {
    name: "tells order keys apart, whatever is in them, and the empty one from none",
    run: async ({ open }) => {
      const store = await open();
      const keys = [...LOOKALIKES, undefined];
      const round = (name: string): readonly AppendEntry[] =>
        keys.map((orderKey, n) => anEntry(`${name}-${n}`, { orderKey }));
      await store.append([...round("first"), ...round("second")], NO_BOUND);

      const deliveries = await leased(store, { limit: 1_000 });

      const first = keys.map((_, n) => `first-${n}`);
      assert.deepEqual(new Set(deliveries.map(({ id }) => id)), new Set([...first, `second-${keys.length - 1}`]));
      assert.deepEqual(new Set(deliveries.map(({ orderKey }) => orderKey)), new Set(keys));
    },
  },
  {
    name: "tells lanes apart, whatever is in their names",
    run: async ({ open }) => {
      const store = await open();
      const lanes: readonly LaneId[] = [
        ...LOOKALIKES.map((sink) => ({ sink, destination: "x" })),
        ...LOOKALIKES.map((destination) => ({ sink: "x", destination })),
        ...["/", ":", ",", " ", "\0", '","', "."].flatMap((joint) => [
          { sink: "x", destination: `y${joint}z` },
          { sink: `x${joint}y`, destination: "z" },
        ]),
      ];
      await store.append(
        lanes.map((lane, n) => anEntry(`${n}`, lane)),
        NO_BOUND,
      );

      const unfinished = (await store.lanes()).map((lane) => [lane.sink, lane.destination, lane.unfinished]);

      assert.deepEqual(
        new Set(unfinished.map((each) => JSON.stringify(each))),
        new Set(lanes.map(({ sink, destination }) => JSON.stringify([sink, destination, 1]))),
      );
      for (const [n, lane] of lanes.entries()) {
        const { items } = await store.query(lane, ALL);
        assert.deepEqual([items.map(({ id }) => id), await leasedIds(store, { lane })], [[`${n}`], [`${n}`]]);
      }
    },
  },
  {
    name: "finds exactly the type and the tenant that are asked for",
    run: async ({ open }) => {
      const store = await open();
      await store.append(
        LOOKALIKES.flatMap((text, n) => [
          anEntry(`type-${n}`, {}, { type: text }),
          anEntry(`tenant-${n}`, {}, { tenant: text }),
        ]),
        NO_BOUND,
      );

      for (const [n, text] of LOOKALIKES.entries()) {
        const byType = await store.query({ type: text }, ALL);
        const byTenant = await store.query({ tenant: text }, ALL);
        assert.deepEqual(
          [...byType.items, ...byTenant.items].map(({ id }) => id),
          [`type-${n}`, `tenant-${n}`],
        );
      }
    },
  },
  {
    name: "keeps what was said of an attempt as it was given",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a")], NO_BOUND);
      const attempts: Attempt[] = [];
      for (const [n, text] of LOOKALIKES.slice(-18).entries()) {
        const delivery = await leasedOne(store, { now: 10 * n });
        const attempt: Attempt = {
          startedAt: n,
          durationMs: 10 * n,
          outcome: "retry",
          reason: text,
          info: { status: 503, detail: text },
        };
        await store.settle([anEnd(delivery, { state: "pending", reason: text, attempt })], 10 * n);
        attempts.push(attempt);

        assert.equal((await store.get("a"))?.reason, text);
      }
      const bare: Attempt = { startedAt: 20, durationMs: 1, outcome: "delivered" };
      await store.settle([anEnd(await leasedOne(store, { now: 200 }), { attempt: bare })], 200);

      assert.deepEqual((await store.get("a"))?.history, [...attempts, bare]);
      assert.equal((await store.get("a"))?.reason, undefined);
    },
  },
  {
    name: "keeps why a lane rests as it was given",
    run: async ({ open }) => {
      const store = await open();
      for (const reason of LOOKALIKES) {
        await store.setLane(HOOKS, { state: "disabled", reason });

        assert.deepEqual((await store.lanes())[0]?.status, { state: "disabled", reason });
      }
    },
  },
];
