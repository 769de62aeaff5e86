import { deepEqual, equal } from "node:assert/strict";
import type { LaneRecord, Store } from "@bus/core";
import { anEnd, anEntry, aStoreOf, end, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import { ACTIVE, DISABLED, GRAPH, nameOf, names, PAUSED_BY_HOST, pausedUntil, TWO } from "./lane-samples.ts";
import type { StoreTest } from "./store-test.ts";

/** Lanes that are paused or disabled, and what is told of lanes. */
export const lanes: readonly StoreTest[] = [
  {
    name: "gives nothing of a paused lane before the pause is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, pausedUntil(40));

      const early = await leasedIds(store, { now: 39 });

      deepEqual(early, []);
    },
  },
  {
    name: "gives a single probe of a lane whose pause is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);
      await store.append([anEntry("c")], NO_BOUND);
      await store.setLane(HOOKS, pausedUntil(40));

      const probe = await leasedIds(store, { perKey: 2, now: 40 });

      deepEqual([probe, await leasedIds(store, { perKey: 2, now: 40 })], [["a"], []]);
    },
  },
  {
    name: "gives another probe when the lease of the last is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      await store.setLane(HOOKS, pausedUntil(40));
      await leasedOne(store, { now: 50, until: 70 });

      const early = await leasedIds(store, { now: 60 });

      deepEqual([early.length, (await leasedIds(store, { now: 80 })).length], [0, 1]);
    },
  },
  {
    name: "says that a probe is one, and of no other lease",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", TWO)]);
      await store.setLane(HOOKS, pausedUntil(40));
      const request = { limit: 10, perKey: 1, now: 50, until: 100 };

      const probe = await store.lease({ ...request, lane: HOOKS });
      const other = await store.lease({ ...request, lane: TWO });

      deepEqual([probe.isProbe, other.isProbe], [true, false]);
    },
  },
  {
    name: "gives a probe only when nothing else of the lane is out",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      const out = await leasedOne(store, { until: 1000 });
      await store.setLane(HOOKS, pausedUntil(40));

      const early = await leasedIds(store, { now: 50 });
      await store.settle([anEnd(out)], 50);

      deepEqual([early, await leasedIds(store, { now: 50 })], [[], ["b"]]);
    },
  },
  {
    name: "gives nothing of a lane that the host paused, however late",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, PAUSED_BY_HOST);

      const given = await leasedIds(store, { now: 1e12 });

      deepEqual(given, []);
    },
  },
  {
    name: "gives nothing of a disabled lane, and names it for no time",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, DISABLED);

      const given = await leasedIds(store, { now: 1e12 });

      deepEqual([given, (await store.due(["hooks"], 10)).lanes], [[], []]);
    },
  },
  {
    name: "goes on with all that waited when a lane is active again",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      await store.setLane(HOOKS, DISABLED);
      await store.append([anEntry("c")], NO_BOUND);

      await store.setLane(HOOKS, { state: "active" });

      deepEqual(await leasedIds(store), ["a", "b", "c"]);
      equal((await store.stats()).parked, 0);
    },
  },
  {
    name: "takes the end of a lease whatever state its lane is in",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", TWO)]);
      const [a, b] = [await leasedOne(store), await leasedOne(store, { lane: TWO })];
      await store.setLane(HOOKS, DISABLED);
      await store.setLane(TWO, PAUSED_BY_HOST);

      const answers = await store.settle([anEnd(a), anEnd(b)], 5);

      deepEqual(answers, [true, true]);
    },
  },
  {
    name: "parks what is put back to a disabled lane",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);
      await store.setLane(HOOKS, DISABLED);

      await store.settle([anEnd(delivery, { state: "pending", dueAt: 0 })], 0);

      deepEqual([(await store.stats()).parked, await leasedIds(store)], [1, []]);
    },
  },
  {
    name: "remembers the state of a lane that holds nothing yet",
    async run(context) {
      const store = await aStoreOf(context, []);
      await store.setLane(HOOKS, DISABLED);

      await store.append([anEntry("a")], NO_BOUND);

      equal((await store.get("a"))?.state, "parked");
    },
  },
  {
    name: "leaves the other lanes of a sink as they are when it sets one",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", TWO)]);
      await store.setLane(HOOKS, DISABLED);

      const given = await leasedIds(store, { lane: TWO });

      deepEqual(given, ["b"]);
    },
  },
  {
    name: "sets any lane without a condition, and says that it did",
    async run(context) {
      const store = await aStoreOf(context, []);
      const answers: boolean[] = [];

      for (const status of [DISABLED, PAUSED_BY_HOST, pausedUntil(40), PAUSED_BY_HOST, ACTIVE])
        answers.push(await store.setLane(HOOKS, status));

      deepEqual(answers, [true, true, true, true, true]);
      deepEqual(await store.lanes(), []);
    },
  },
  {
    name: "leaves a disabled lane as it is, its reason too, unless it is to be set whatever it is",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, DISABLED);
      const answers: boolean[] = [];

      for (const unless of ["disabled", "held"] as const)
        for (const status of [ACTIVE, pausedUntil(40), PAUSED_BY_HOST, { state: "disabled", reason: "404" } as const])
          answers.push(await store.setLane(HOOKS, status, { unless }));

      deepEqual(new Set(answers), new Set([false]));
      deepEqual(await statuses(store), { "hooks/one": ["disabled", "410", undefined] });
      deepEqual(await leasedIds(store, { now: 50 }), []);
    },
  },
  {
    name: "leaves a lane that the host paused as it is where it is to be set unless held",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, PAUSED_BY_HOST);
      const answers: boolean[] = [];

      for (const status of [ACTIVE, pausedUntil(40), DISABLED])
        answers.push(await store.setLane(HOOKS, status, { unless: "held" }));

      deepEqual(answers, [false, false, false]);
      deepEqual(await statuses(store), { "hooks/one": ["paused", "maintenance", undefined] });
      deepEqual(await leasedIds(store, { now: 50 }), []);
    },
  },
  {
    name: "sets a lane that the host paused where it is to be set unless disabled",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, PAUSED_BY_HOST);

      const isSet = await store.setLane(HOOKS, DISABLED, { unless: "disabled" });

      deepEqual([isSet, (await store.stats()).parked], [true, 1]);
    },
  },
  {
    name: "sets a lane unless held that is active, new, or paused for a time",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const unlessHeld = { unless: "held" } as const;

      const answers = [
        await store.setLane(HOOKS, pausedUntil(40), unlessHeld),
        await store.setLane(HOOKS, pausedUntil(60), unlessHeld),
        await store.setLane(TWO, pausedUntil(70), unlessHeld),
        await store.setLane(GRAPH, ACTIVE, unlessHeld),
      ];
      const paused = await statuses(store);
      answers.push(await store.setLane(HOOKS, ACTIVE, unlessHeld));

      deepEqual(answers, [true, true, true, true, true]);
      deepEqual(paused, { "hooks/one": ["paused", "503", 60], "hooks/two": ["paused", "503", 70] });
      deepEqual(await leasedIds(store), ["a"]);
    },
  },
  {
    name: "lists the state of each lane that is not active, with its reason and end",
    async run(context) {
      const store = await aStoreOf(context, []);
      await store.setLane(HOOKS, DISABLED);
      await store.setLane(TWO, PAUSED_BY_HOST);
      await store.setLane(GRAPH, pausedUntil(40));

      deepEqual(await statuses(store), {
        "graph/one": ["paused", "503", 40],
        "hooks/one": ["disabled", "410", undefined],
        "hooks/two": ["paused", "maintenance", undefined],
      });
    },
  },
  {
    name: "lists how many deliveries of each lane are unfinished, those out included",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c"), anEntry("d", GRAPH)]);
      const [a] = await leased(store, { limit: 2 });
      await store.settle([anEnd(a)], 0);

      deepEqual(
        (await sortedLanes(store)).map(({ status, unfinished }) => [status.state, unfinished]),
        [
          ["active", 1],
          ["active", 2],
        ],
      );
    },
  },
  {
    name: "lists no lane that is active and has nothing unfinished",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", TWO)]);
      await store.setLane(GRAPH, DISABLED);
      await end(store, "dead");

      await store.setLane(GRAPH, { state: "active" });

      deepEqual(names(await store.lanes()), ["hooks/two"]);
    },
  },
];

async function sortedLanes(store: Store): Promise<readonly LaneRecord[]> {
  return (await store.lanes()).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function statuses(store: Store): Promise<Readonly<Record<string, unknown>>> {
  return Object.fromEntries(
    (await sortedLanes(store)).map(({ status, ...lane }) => {
      const reason = status.state === "active" ? undefined : status.reason;
      return [nameOf(lane), [status.state, reason, status.state === "paused" ? status.until : undefined]];
    }),
  );
}
