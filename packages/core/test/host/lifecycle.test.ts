import {
  BusError,
  CLOCK,
  createBus,
  defineSink,
  defineSource,
  provide,
  token,
  type AnySinkPlugin,
  type AnySourcePlugin,
  type Store,
} from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { anything, aStore, errorOf, started } from "./builders.ts";

type Step = () => Promise<void> | void;

/** Plugins that write down what is done with them. */
function aDiary() {
  const lines: string[] = [];
  const steps = (name: string, { start, stop }: { start?: Step; stop?: Step }) => ({
    start: async () => {
      lines.push(`start ${name}`);
      await start?.();
    },
    stop: async () => {
      lines.push(`stop ${name}`);
      await stop?.();
    },
  });
  const sink = (name: string, does: { start?: Step; stop?: Step; create?: Step } = {}): AnySinkPlugin =>
    defineSink({
      name,
      options: z.undefined(),
      create: () => {
        lines.push(`make ${name}`);
        void does.create?.();
        return { deliver: () => [], ...steps(name, does) };
      },
    })(undefined);
  const source = (name: string, does: { start?: Step; stop?: Step } = {}): AnySourcePlugin =>
    defineSource({ name, options: z.undefined(), create: () => steps(name, does) })(undefined);
  const store = (own: Partial<Store> = {}): Store =>
    aStore({
      open: async function open(this: Store) {
        lines.push("open store");
        await own.open?.();
        await this.open();
      },
      close: async () => {
        lines.push("close store");
        await own.close?.();
      },
      lease: async () => ({ deliveries: [], isProbe: false }),
      due: async () => ({ lanes: [], nextAt: undefined }),
      lanes: own.lanes ?? (async () => []),
      prune: async () => false,
    });
  return { lines, sink, source, store };
}

const fail = (message: string) => (): never => {
  throw new Error(message);
};
const hang = (): Promise<void> => new Promise(() => undefined);

function aBus(diary: ReturnType<typeof aDiary>, options: object, clock?: VirtualClock) {
  const provided = clock ? [provide(CLOCK, clock)] : [];
  return createBus({ name: "test", events: anything, store: diary.store(), provide: provided, ...options });
}

describe("a bus", () => {
  it("does nothing before start", () => {
    const diary = aDiary();

    const bus = aBus(diary, { sinks: { a: diary.sink("a") } });

    expect(bus.state).toBe("idle");
    expect(diary.lines).toEqual([]);
  });

  it("starts the store, the sinks and the sources as they are written, and stops them in reverse", async () => {
    const diary = aDiary();
    const sources = { x: diary.source("x"), y: diary.source("y") };
    const sinks = { a: diary.sink("a"), b: diary.sink("b") };
    const bus = aBus(diary, { sources, sinks });

    await bus.start();
    expect(bus.state).toBe("running");
    await bus.stop();

    expect(bus.state).toBe("stopped");
    expect(diary.lines).toEqual([
      "open store",
      "make a",
      "make b",
      "start a",
      "start b",
      "start x",
      "start y",
      "stop y",
      "stop x",
      "stop b",
      "stop a",
      "close store",
    ]);
  });

  it("lets plugins do without start and stop", async () => {
    const bare = defineSink({ name: "bare", options: z.undefined(), create: () => ({ deliver: () => [] }) });
    const bus = createBus({ name: "test", events: anything, sinks: { bare: bare(undefined) } });

    await bus.start();

    await expect(bus.stop()).resolves.toBeUndefined();
  });

  it("tells each plugin's start by a signal that its time is up, and gives up on it", async () => {
    const clock = virtualClock();
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a", { start: hang }), b: diary.sink("b") } }, clock);

    const starting = errorOf(() => bus.start());
    await clock.advance(31_000);

    expect(await starting).toMatchObject({
      code: "BUS_START_FAILED",
      message: 'Sink "a" did not start: see the cause. What had started was stopped again.',
      cause: { code: "BUS_TIMEOUT", message: 'The start of Sink "a" took longer than 30000 ms.' },
    });
    expect(diary.lines.slice(-2)).toEqual(["stop a", "close store"]);
  });
});

describe("a start that fails", () => {
  it.each([
    [
      "a sink's",
      (diary: ReturnType<typeof aDiary>) => ({
        sinks: { a: diary.sink("a"), b: diary.sink("b", { start: fail("boom") }), c: diary.sink("c") },
      }),
      'Sink "b"',
      ["start a", "start b", "stop b", "stop a", "close store"],
    ],
    [
      "a source's",
      (diary: ReturnType<typeof aDiary>) => ({
        sinks: { a: diary.sink("a") },
        sources: { x: diary.source("x", { start: fail("boom") }), y: diary.source("y") },
      }),
      'Source "x"',
      ["start a", "start x", "stop x", "stop a", "close store"],
    ],
    [
      "a sink's making",
      (diary: ReturnType<typeof aDiary>) => ({
        sinks: { a: diary.sink("a"), b: diary.sink("b", { create: fail("boom") }) },
      }),
      'Sink "b"',
      ["close store"],
    ],
  ])("at %s stops what was begun, and names what failed and why", async (_, options, what, rest) => {
    const diary = aDiary();
    const bus = aBus(diary, options(diary));

    const error = await errorOf(() => bus.start());

    expect(error).toMatchObject({
      code: "BUS_START_FAILED",
      message: `${what} did not start: see the cause. What had started was stopped again.`,
      cause: new Error("boom"),
    });
    expect(bus.state).toBe("stopped");
    expect(diary.lines.filter((line) => !/^make|^open/.test(line))).toEqual(rest);
  });

  it.each([
    ["open", { open: fail("disk gone") }],
    ["name its lanes", { lanes: () => Promise.reject(new Error("disk gone")) }],
  ])("because the store does not %s says so", async (_, own) => {
    const diary = aDiary();
    const bus = aBus(diary, { store: diary.store(own) });

    const error = await errorOf(() => bus.start());

    expect(error).toMatchObject({
      code: "BUS_START_FAILED",
      message: "The store did not start: see the cause. What had started was stopped again.",
      cause: new Error("disk gone"),
    });
    expect(diary.lines.at(-1)).toBe("close store");
  });

  it("reports what does not stop cleanly either, and still says what did not start", async () => {
    const diary = aDiary();
    const sinks = { a: diary.sink("a", { stop: fail("stuck") }), b: diary.sink("b", { start: fail("boom") }) };
    const bus = aBus(diary, { sinks });
    const errors: BusError[] = [];
    bus.events.on("error", (error) => errors.push(error));

    await expect(bus.start()).rejects.toMatchObject({ code: "BUS_START_FAILED", cause: new Error("boom") });

    expect(errors).toMatchObject([{ code: "BUS_STOP_FAILED", cause: new Error("stuck") }]);
  });

  it("leaves a bus that cannot start again, and that may be stopped", async () => {
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a", { start: fail("boom") }) } });
    await errorOf(() => bus.start());
    const { length } = diary.lines;

    await expect(bus.stop()).resolves.toBeUndefined();
    await expect(bus.start()).rejects.toMatchObject({ code: "BUS_START_REPEATED" });

    expect(diary.lines).toHaveLength(length);
  });
});

describe("start", () => {
  it("called twice at once starts once", async () => {
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a") } });

    await Promise.all([bus.start(), bus.start()]);
    await bus.stop();

    expect(diary.lines.filter((line) => line === "start a")).toHaveLength(1);
  });

  it("of a bus that runs, or did, is refused", async () => {
    const bus = await started(createBus({ name: "test", events: anything }));

    await expect(bus.start()).rejects.toMatchObject({
      code: "BUS_START_REPEATED",
      message: "start() was called on a bus that is running: a bus starts once, make another with createBus().",
    });
    await bus.stop();
    await expect(bus.start()).rejects.toMatchObject({ code: "BUS_START_REPEATED" });
  });

  it("reports work the store holds for a sink that is no more", async () => {
    const diary = aDiary();
    const status = { state: "active" } as const;
    const lanes = ["gone", "gone", "a"].map((sink, n) => ({ sink, destination: `d${n}`, status, unfinished: 1 }));
    const bus = aBus(diary, { store: diary.store({ lanes: async () => lanes }), sinks: { a: diary.sink("a") } });
    const errors: BusError[] = [];
    bus.events.on("error", (error) => errors.push(error));

    await started(bus);

    expect(errors).toMatchObject([
      {
        code: "BUS_STATE_UNKNOWN",
        message: 'The store holds work for the sink "gone", which this bus does not have.',
      },
    ]);
  });
});

describe("stop", () => {
  it("before start leaves the bus stopped, and its store untouched", async () => {
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a") } });

    await bus.stop();

    expect(bus.state).toBe("stopped");
    expect(diary.lines).toEqual([]);
    await expect(bus.start()).rejects.toMatchObject({ code: "BUS_START_REPEATED" });
  });

  it("called again, at once or later, stops once", async () => {
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a") } });
    await bus.start();

    await Promise.all([bus.stop(), bus.stop()]);
    await bus.stop();

    expect(diary.lines.filter((line) => line.startsWith("stop") || line.startsWith("close"))).toEqual([
      "stop a",
      "close store",
    ]);
  });

  it("during start lets the start end, then stops all of it", async () => {
    const diary = aDiary();
    const gate = Promise.withResolvers<void>();
    const bus = aBus(diary, { sinks: { a: diary.sink("a", { start: () => gate.promise }), b: diary.sink("b") } });
    const starting = bus.start();
    const stopping = bus.stop();

    gate.resolve();
    await Promise.all([starting, stopping]);

    expect(bus.state).toBe("stopped");
    expect(diary.lines.slice(-6)).toEqual(["make b", "start a", "start b", "stop b", "stop a", "close store"]);
  });

  it("during a start that fails resolves, and leaves the failure to the caller of start", async () => {
    const diary = aDiary();
    const bus = aBus(diary, { sinks: { a: diary.sink("a", { start: fail("boom") }) } });
    const starting = errorOf(() => bus.start());

    await expect(bus.stop()).resolves.toBeUndefined();

    expect(await starting).toMatchObject({ code: "BUS_START_FAILED" });
    expect(diary.lines.filter((line) => line === "stop a")).toHaveLength(1);
  });

  it("goes on past what throws, hangs or will not close, and tells of all of them", async () => {
    const clock = virtualClock();
    const diary = aDiary();
    const sources = { x: diary.source("x", { stop: fail("x is stuck") }) };
    const sinks = {
      a: diary.sink("a"),
      b: diary.sink("b", { stop: hang }),
      c: diary.sink("c", { stop: async () => Promise.reject(new Error("c is stuck")) }),
    };
    const store = diary.store({ close: hang });
    const bus = aBus(diary, { sources, sinks, store, stopTimeoutMs: 1_000 }, clock);
    await bus.start();

    const stopping = errorOf(() => bus.stop());
    await clock.advance(5_000);
    const error = await stopping;

    expect(error).toMatchObject({
      code: "BUS_STOP_FAILED",
      message: 'The bus stopped, but Source "x", Sink "c", Sink "b", the store did not end cleanly: see the cause.',
    });
    expect((error as BusError).cause).toBeInstanceOf(AggregateError);
    expect(((error as BusError).cause as AggregateError).errors.map(({ message }: Error) => message)).toEqual([
      "x is stuck",
      "c is stuck",
      'The stop of Sink "b" took longer than 1000 ms.',
      "The close of the store took longer than 1000 ms.",
    ]);
    expect(diary.lines.slice(-5)).toEqual(["stop x", "stop c", "stop b", "stop a", "close store"]);
    expect(bus.state).toBe("stopped");
    expect(await errorOf(() => bus.stop())).toBe(error);
    expect(clock.timers).toBe(0);
  });

  it("stops services made by default after their plugin, also when another default or the plugin could not be made", async () => {
    const CACHE = token<{ stop(): void }>("test:cache");
    const INDEX = token<{ stop(): void }>("test:index");
    const stopped: string[] = [];
    const service = (name: string) => (): { stop(): void } => ({ stop: () => void stopped.push(name) });
    const aSink = (index: () => { stop(): void }, create = (): void => undefined) =>
      defineSink({
        name: "a",
        options: z.undefined(),
        deps: { cache: CACHE, index: INDEX },
        defaults: { cache: service("cache"), index },
        create: () => {
          create();
          return { deliver: () => [], stop: () => void stopped.push("sink") };
        },
      })(undefined);
    const stoppedBy = async (sink: AnySinkPlugin): Promise<readonly string[]> => {
      const bus = createBus({ name: "test", events: anything, sinks: { a: sink } });
      stopped.length = 0;
      await bus.start().catch(() => undefined);
      await bus.stop();
      return [...stopped];
    };

    expect(await stoppedBy(aSink(service("index")))).toEqual(["sink", "index", "cache"]);
    expect(await stoppedBy(aSink(fail("boom")))).toEqual(["cache"]);
    expect(await stoppedBy(aSink(service("index"), fail("boom")))).toEqual(["index", "cache"]);
  });
});
