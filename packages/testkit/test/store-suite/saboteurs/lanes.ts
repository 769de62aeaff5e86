import type { LaneId, LaneRecord } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { givingToo, isPauseOver, laneOf, onLanes } from "../tampering.ts";

const NOTHING = { deliveries: [], isProbe: false };

export const lanes: readonly Saboteur[] = [
  {
    name: "ends a pause 1 ms early",
    caughtBy: [
      "gives nothing of a paused lane before the pause is over",
      "names the time at which a pause is over",
      "lists the state of each lane that is not active, with its reason and end",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: (lane, status, condition) => {
          const isShort = status.state === "paused" && status.until !== undefined;
          return store.setLane(lane, isShort ? { ...status, until: (status.until ?? 0) - 1 } : status, condition);
        },
      }),
  },
  {
    name: "gives all there is of a lane whose pause is over",
    caughtBy: [
      "gives a single probe of a lane whose pause is over",
      "gives another probe when the lease of the last is over",
      "gives a probe only when nothing else of the lane is out",
    ],
    sabotage: (store) =>
      wrapped(store, {
        lease: async (request) => {
          const { status } = (await laneOf(store, request.lane)) ?? {};
          const { deliveries, isProbe } = await store.lease(request);
          if (!isProbe || status === undefined) return { deliveries, isProbe };
          await store.setLane(request.lane, { state: "active" });
          const more = await store.lease({ ...request, limit: request.limit - 1 });
          await store.setLane(request.lane, status);
          return { deliveries: [...deliveries, ...more.deliveries], isProbe };
        },
      }),
  },
  {
    name: "waits for the end of a probe though its lease is over",
    caughtBy: ["gives another probe when the lease of the last is over"],
    sabotage: (store) => {
      const probes = new Set<string>();
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        lease: async (request) => {
          const isOut = [...probes].some((id) => book.open.has(id));
          if (isOut && (await laneOf(store, request.lane))?.status.state === "paused") return NOTHING;
          const lease = await book.store.lease(request);
          if (lease.isProbe) for (const { id } of lease.deliveries) probes.add(id);
          return lease;
        },
      });
    },
  },
  {
    name: "does not say that a probe is one",
    caughtBy: ["says that a probe is one, and of no other lease"],
    sabotage: (store) =>
      wrapped(store, { lease: async (request) => ({ ...(await store.lease(request)), isProbe: false }) }),
  },
  {
    name: "says that every lease is a probe",
    caughtBy: ["says that a probe is one, and of no other lease"],
    sabotage: (store) =>
      wrapped(store, {
        lease: async (request) => {
          const { deliveries } = await store.lease(request);
          return { deliveries, isProbe: deliveries.length > 0 };
        },
      }),
  },
  {
    name: "gives a probe beside what is out",
    caughtBy: [
      "gives a probe only when nothing else of the lane is out",
      "gives a single probe of a lane whose pause is over",
      "gives another probe when the lease of the last is over",
    ],
    sabotage: (store) =>
      givingToo(store, async (waiting, { held, given, request: { lane, now } }) => {
        if (given.length > 0 || !isPauseOver((await laneOf(store, lane))?.status, now)) return false;
        const isFirst = held.find(({ state }) => state === "pending") === waiting;
        // A probe itself is never joined by another.
        return isFirst && held.some(({ state, attempts }) => state === "leased" && attempts > 0);
      }),
  },
  {
    name: "ends the pause of a host after some days",
    caughtBy: ["gives nothing of a lane that the host paused, however late"],
    sabotage: (store) =>
      givingToo(store, async (_, { request: { lane, now } }) => {
        return now > 1e9 && (await laneOf(store, lane))?.status.state === "paused";
      }),
  },
  {
    name: "tries a disabled lane after some days",
    caughtBy: ["gives nothing of a disabled lane, and names it for no time"],
    sabotage: (store) =>
      givingToo(store, async (_, { request: { lane, now } }) => {
        return now > 1e9 && (await laneOf(store, lane))?.status.state === "disabled";
      }),
  },
  {
    name: "names disabled lanes as due",
    caughtBy: [
      "gives nothing of a disabled lane, and names it for no time",
      "names no time when nothing will be due by itself",
    ],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { lanes: due, nextAt } = await store.due(sinks, now);
          const parked = (await store.lanes()).filter(
            ({ sink, status, unfinished }) => sinks.includes(sink) && status.state === "disabled" && unfinished > 0,
          );
          return { lanes: [...due, ...parked], nextAt };
        },
      }),
  },
  {
    name: "gives one after the other when a lane is active again",
    caughtBy: ["goes on with all that waited when a lane is active again"],
    sabotage: (store) => {
      const rested = new Set<string>();
      return wrapped(store, {
        setLane: (lane, status, condition) => {
          if (status.state !== "active") rested.add(JSON.stringify([lane.sink, lane.destination]));
          return store.setLane(lane, status, condition);
        },
        lease: (request) => {
          const hasRested = rested.has(JSON.stringify([request.lane.sink, request.lane.destination]));
          return store.lease(hasRested ? { ...request, limit: 1 } : request);
        },
      });
    },
  },
  {
    name: "refuses the end of a lease when its lane is not active",
    caughtBy: [
      "takes the end of a lease whatever state its lane is in",
      "gives a probe only when nothing else of the lane is out",
      "parks what is put back to a disabled lane",
    ],
    sabotage: (store) =>
      wrapped(store, {
        settle: async (settlements, now) => {
          const resting = (await store.lanes()).filter(({ status }) => status.state !== "active");
          const records = await Promise.all(
            settlements.map(({ id }) => (resting.length === 0 ? undefined : store.get(id))),
          );
          const isResting = (index: number): boolean =>
            resting.some(
              ({ sink, destination }) => sink === records[index]?.sink && destination === records[index]?.destination,
            );
          return store.settle(
            settlements.map((each, index) => (isResting(index) ? { ...each, leaseId: -1 } : each)),
            now,
          );
        },
      }),
  },
  {
    name: "sets a lane active when a delivery is put back to it",
    caughtBy: ["parks what is put back to a disabled lane"],
    sabotage: (store) =>
      wrapped(store, {
        settle: async (settlements, now) => {
          const answers = await store.settle(settlements, now);
          for (const { id, state } of settlements) {
            const record = state === "pending" ? await store.get(id) : undefined;
            if (record !== undefined) await store.setLane(record, { state: "active" });
          }
          return answers;
        },
      }),
  },
  {
    name: "forgets the state of a lane when something arrives in it that was empty",
    caughtBy: ["remembers the state of a lane that holds nothing yet"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const idle = (await store.lanes()).filter(({ unfinished }) => unfinished === 0);
          const answers = await store.append(entries, options);
          for (const lane of idle)
            if (((await laneOf(store, lane))?.unfinished ?? 0) > 0) await store.setLane(lane, { state: "active" });
          return answers;
        },
      }),
  },
  {
    name: "sets all lanes of a sink",
    caughtBy: [
      "leaves the other lanes of a sink as they are when it sets one",
      "shows what is pending in a disabled lane as parked",
      "says that a probe is one, and of no other lease",
      "lists the state of each lane that is not active, with its reason and end",
      "sets a lane that the host paused where it is to be set unless disabled",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: async (lane, status, condition) => {
          const others = (await store.lanes()).filter(({ sink }) => sink === lane.sink);
          for (const other of others) await store.setLane(other, status, condition);
          return store.setLane(lane, status, condition);
        },
      }),
  },
  {
    name: "says that it set a lane, whether it did or not",
    caughtBy: [
      "leaves a disabled lane as it is, its reason too, unless it is to be set whatever it is",
      "leaves a lane that the host paused as it is where it is to be set unless held",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: async (...args) => {
          await store.setLane(...args);
          return true;
        },
      }),
  },
  {
    name: "says that it set a lane where that changed its state",
    caughtBy: [
      "sets any lane without a condition, and says that it did",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: async (lane, ...args) => {
          const before = (await laneOf(store, lane))?.status.state ?? "active";
          await store.setLane(lane, ...args);
          return before !== ((await laneOf(store, lane))?.status.state ?? "active");
        },
      }),
  },
  {
    name: "sets a lane unless held where no condition is given",
    caughtBy: [
      "keeps why a lane rests as it was given",
      "goes on with all that waited when a lane is active again",
      "sets any lane without a condition, and says that it did",
      "lists no lane that is active and has nothing unfinished",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: (lane, status, condition = { unless: "held" }) => store.setLane(lane, status, condition),
      }),
  },
  {
    name: "changes the reason of a lane that is disabled",
    caughtBy: [
      "leaves a disabled lane as it is, its reason too, unless it is to be set whatever it is",
      "leaves a lane that the host paused as it is where it is to be set unless held",
    ],
    sabotage: (store) =>
      wrapped(store, {
        setLane: (lane, status, condition) =>
          status.state === "disabled" ? store.setLane(lane, status) : store.setLane(lane, status, condition),
      }),
  },
  {
    name: "takes a disabled lane for one that is not held",
    caughtBy: ["leaves a disabled lane as it is, its reason too, unless it is to be set whatever it is"],
    sabotage: (store) =>
      wrapped(store, {
        setLane: async (lane, status, condition) => {
          const isDisabled = (await laneOf(store, lane))?.status.state === "disabled";
          return isDisabled ? store.setLane(lane, status) : store.setLane(lane, status, condition);
        },
      }),
  },
  {
    name: "takes a lane that the host paused for one that is not held",
    caughtBy: ["leaves a lane that the host paused as it is where it is to be set unless held"],
    sabotage: (store) =>
      wrapped(store, {
        setLane: (lane, status, condition) => store.setLane(lane, status, condition && { unless: "disabled" }),
      }),
  },
  {
    name: "takes a lane that the host paused for disabled",
    caughtBy: ["sets a lane that the host paused where it is to be set unless disabled"],
    sabotage: (store) =>
      wrapped(store, {
        setLane: (lane, status, condition) => store.setLane(lane, status, condition && { unless: "held" }),
      }),
  },
  {
    name: "takes every paused lane for held",
    caughtBy: ["sets a lane unless held that is active, new, or paused for a time"],
    sabotage: (store) =>
      wrapped(store, {
        setLane: async (lane, status, condition) => {
          const isPaused = (await laneOf(store, lane))?.status.state === "paused";
          return isPaused && condition?.unless === "held" ? false : store.setLane(lane, status, condition);
        },
      }),
  },
  {
    name: "lists no end of a pause",
    caughtBy: [
      "lists the state of each lane that is not active, with its reason and end",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) =>
      onLanes(store, ({ status, ...lane }) => {
        if (status.state !== "paused") return { ...lane, status };
        return { ...lane, status: { state: status.state, reason: status.reason } };
      }),
  },
  {
    name: "lists only lanes that hold something",
    caughtBy: [
      "lists the state of each lane that is not active, with its reason and end",
      "keeps why a lane rests as it was given",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) =>
      wrapped(store, { lanes: async () => (await store.lanes()).filter(({ unfinished }) => unfinished > 0) }),
  },
  {
    name: "lists as unfinished only what is pending",
    caughtBy: [
      "lists how many deliveries of each lane are unfinished, those out included",
      "counts what is unfinished in each lane as a full scan does, after any calls",
    ],
    sabotage: (store) =>
      wrapped(store, {
        lanes: async () => {
          const { items } = await store.query({ state: "leased" }, { limit: 1000 });
          return (await store.lanes()).map(({ unfinished, ...lane }) => {
            const isHere = ({ sink, destination }: LaneId): boolean =>
              sink === lane.sink && destination === lane.destination;
            return { ...lane, unfinished: unfinished - items.filter(isHere).length };
          });
        },
      }),
  },
  {
    name: "goes on listing a lane that was not active once",
    caughtBy: [
      "lists no lane that is active and has nothing unfinished",
      "sets any lane without a condition, and says that it did",
      "sets a lane unless held that is active, new, or paused for a time",
    ],
    sabotage: (store) => {
      const set = new Map<string, LaneId>();
      return wrapped(store, {
        setLane: (lane, status, condition) => {
          set.set(JSON.stringify([lane.sink, lane.destination]), lane);
          return store.setLane(lane, status, condition);
        },
        lanes: async () => {
          const listed = await store.lanes();
          const idle: LaneRecord[] = [];
          for (const [name, lane] of set) {
            const isListed = listed.some(({ sink, destination }) => JSON.stringify([sink, destination]) === name);
            if (!isListed) idle.push({ ...lane, status: { state: "active" }, unfinished: 0 });
          }
          return [...listed, ...idle];
        },
      });
    },
  },
];
