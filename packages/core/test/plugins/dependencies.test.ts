import {
  CLOCK,
  container,
  createBus,
  defineSink,
  defineSource,
  inject,
  injectable,
  LANES,
  LOGGER,
  OPTIONS,
  provide,
  PUBLISHER,
  RANDOM,
  STATE,
  token,
  type AnySinkPlugin,
  type BusOptions,
  type Logger,
  type Sink,
} from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { anything, errorOf, started } from "../host/builders.ts";

interface Phone {
  readonly number: string;
}
const PHONE = token<Phone>("test:phone");
const FAX = token<Phone>("test:fax");

/** What the plugin under test was made with. */
interface Given {
  readonly options: unknown;
  readonly phone: unknown;
  readonly logger: Logger;
}
interface Case {
  readonly defaults?: { readonly phone?: () => Phone };
  readonly onMade?: (given: Given) => void;
}

const options = z.object({ prefix: z.string().default("+") });
const sinkOf = (): Sink<undefined> => ({ deliver: () => [] });

function byFactory({ defaults = {}, onMade }: Case): AnySinkPlugin {
  return defineSink({
    name: "caller",
    options,
    deps: { phone: PHONE },
    defaults,
    create: ({ options: parsed, deps, logger }) => {
      onMade?.({ options: parsed, phone: deps.phone, logger });
      return sinkOf();
    },
  })({});
}

/** The decorators are applied by hand: Node's own type stripping refuses their syntax. */
function byClass({ defaults = {}, onMade }: Case): AnySinkPlugin {
  class Caller implements Sink<undefined> {
    readonly deliver = (): [] => [];
    constructor(parsed: unknown, phone: Phone, logger: Logger) {
      onMade?.({ options: parsed, phone, logger });
    }
  }
  for (const [index, name] of [OPTIONS, PHONE, LOGGER].entries()) inject(name)(Caller, undefined, index);
  injectable()(Caller);
  return defineSink({ name: "caller", options, deps: { phone: PHONE }, defaults, useClass: Caller })({});
}

type Services = Pick<BusOptions<typeof anything>, "provide" | "container">;

async function madeWith(plugin: (its: Case) => AnySinkPlugin, services: Services, its: Case = {}): Promise<Given> {
  const { promise: made, resolve: onMade } = Promise.withResolvers<Given>();
  const sinks = { crm: plugin({ ...its, onMade }) };
  await started(createBus({ name: "test", events: anything, sinks, ...services }));
  return made;
}

describe.each([
  { form: "factory", plugin: byFactory },
  { form: "class", plugin: byClass },
])("a plugin in the $form form", ({ plugin }) => {
  const own: Phone = { number: "own" };
  const other: Phone = { number: "other" };

  it("gets its parsed options, and its dependency from provide", async () => {
    const given = await madeWith(plugin, { provide: [provide(PHONE, own)] });

    expect(given).toMatchObject({ options: { prefix: "+" } });
    expect(given.phone).toBe(own);
  });

  it.each([[0], [""], [false], [null]])("gets %j where that is what is provided", async (value) => {
    const given = await madeWith(plugin, { provide: [provide(PHONE, value as never)] });

    expect(given.phone).toBe(value);
  });

  it("gets its dependency from the host's container, after provide and before its default", async () => {
    const host = container.createChildContainer().register<Phone>(PHONE, { useValue: other });
    const defaults = { phone: () => ({ number: "default" }) };

    const fromHost = await madeWith(plugin, { container: host }, { defaults });
    const provided = await madeWith(plugin, { container: host, provide: [provide(PHONE, own)] }, { defaults });

    expect([fromHost.phone, provided.phone]).toEqual([other, own]);
  });

  it("gets its default when nothing else provides it, each plugin its own", async () => {
    const defaults = { phone: () => ({ number: "default" }) };

    const [one, two] = [await madeWith(plugin, {}, { defaults }), await madeWith(plugin, {}, { defaults })];

    expect(one.phone).toEqual({ number: "default" });
    expect(one.phone).not.toBe(two.phone);
  });

  it("keeps the bus from starting when nothing provides its dependency, naming both", async () => {
    const bus = createBus({ name: "test", events: anything, sinks: { crm: plugin({}) }, provide: [provide(FAX, own)] });

    const error = await errorOf(() => bus.start());

    expect(error).toMatchObject({
      code: "BUS_DEPENDENCY_MISSING",
      message:
        'Sink "crm" depends on "test:phone", which nothing provides: add provide(token, value) to the bus\'s provide option.',
    });
    expect(bus.state).toBe("stopped");
  });

  it("keeps the bus from starting when the host's provider throws, with the cause", async () => {
    const host = container.createChildContainer().register<Phone>(PHONE, {
      useFactory: () => {
        throw new Error("no line");
      },
    });
    const bus = createBus({ name: "test", events: anything, sinks: { crm: plugin({}) }, container: host });

    const error = await errorOf(() => bus.start());

    expect(error).toMatchObject({ code: "BUS_START_FAILED", cause: new Error("no line") });
    expect(String(error)).toContain('Sink "crm" did not start');
  });

  it("registers nothing in the host's container or the global one, and disposes neither", async () => {
    const log: string[] = [];
    const phone = { number: "own", dispose: () => log.push("disposed") };
    const host = container.createChildContainer().register<Phone>(PHONE, { useValue: phone });
    const bus = createBus({ name: "test", events: anything, sinks: { crm: plugin({}) }, container: host });

    await bus.start();
    await bus.stop();

    const tokens = [CLOCK, RANDOM, LOGGER, STATE, LANES, PUBLISHER, OPTIONS];
    expect(tokens.filter((name) => host.isRegistered(name, true))).toEqual([]);
    expect(container.isRegistered(PHONE)).toBe(false);
    expect(host.resolve(PHONE)).toBe(phone);
    expect(log).toEqual([]);
  });

  it("gets core's tokens from a host that registers its own", async () => {
    const lines: object[] = [];
    const write = (fields: object): void => void lines.push(fields);
    const logger = { debug: write, info: write, warn: write, error: write };

    const given = await madeWith(plugin, { provide: [provide(LOGGER, logger), provide(PHONE, own)] });
    for (const level of ["debug", "info", "warn", "error"] as const) given.logger[level]({ level }, "hello");

    expect(lines).toEqual(["debug", "info", "warn", "error"].map((level) => ({ plugin: 'Sink "crm"', level })));
  });

  it("may log into the void", async () => {
    const { logger } = await madeWith(plugin, { provide: [provide(PHONE, own)] });

    expect(() => logger.error({}, "nobody listens")).not.toThrow();
  });
});

describe("a dependency that is not declared", () => {
  it("is not among those of the factory form", async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const sink = defineSink({
      name: "caller",
      options: z.undefined(),
      deps: { phone: PHONE },
      create: ({ deps }) => {
        resolve(deps);
        return sinkOf();
      },
    });
    const provided = [provide(PHONE, { number: "1" }), provide(FAX, { number: "2" })];

    await started(createBus({ name: "test", events: anything, sinks: { crm: sink(undefined) }, provide: provided }));

    expect(await promise).toEqual({ phone: { number: "1" } });
  });

  it.each([
    [
      "provided",
      [provide(FAX, { number: "2" })],
      "BUS_PLUGIN_INVALID",
      'Sink "crm" injects "test:fax" without naming it in its deps.',
    ],
    ["unknown", [], "BUS_DEPENDENCY_MISSING", 'Sink "crm" depends on "test:fax", which nothing provides: '],
  ])("is out of reach of the class form, and said so, when it is %s", async (_, provided, code, message) => {
    class Caller implements Sink<undefined> {
      readonly deliver = (): [] => [];
      readonly fax: Phone;
      constructor(fax: Phone) {
        this.fax = fax;
      }
    }
    inject(FAX)(Caller, undefined, 0);
    injectable()(Caller);
    const sink = defineSink({ name: "caller", options: z.undefined(), useClass: Caller });
    const bus = createBus({ name: "test", events: anything, sinks: { crm: sink(undefined) }, provide: provided });

    await expect(bus.start()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("named like what every object has gets no such thing for its default", async () => {
    const sink = defineSink({ name: "caller", options: z.undefined(), deps: { toString: PHONE }, create: sinkOf });
    const bus = createBus({ name: "test", events: anything, sinks: { crm: sink(undefined) } });

    await expect(bus.start()).rejects.toMatchObject({ code: "BUS_DEPENDENCY_MISSING" });
  });
});

describe("core's tokens", () => {
  it("are all there by default, in both forms", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly unknown[]>();
    const tokens = [CLOCK, RANDOM, LOGGER, STATE, LANES, PUBLISHER];
    class Everything implements Sink<undefined> {
      readonly deliver = (): [] => [];
      constructor(...services: readonly unknown[]) {
        resolve(services);
      }
    }
    for (const [index, name] of tokens.entries()) inject(name)(Everything, undefined, index);
    injectable()(Everything);
    const classForm = defineSink({ name: "all", options: z.undefined(), useClass: Everything });
    const deps = { clock: CLOCK, random: RANDOM, logger: LOGGER, state: STATE, lanes: LANES, publisher: PUBLISHER };
    const given = Promise.withResolvers<object>();
    const factoryForm = defineSink({
      name: "all",
      options: z.undefined(),
      deps,
      create: (context) => {
        given.resolve(context.deps);
        return sinkOf();
      },
    });
    const sinks = { byClass: classForm(undefined), byFactory: factoryForm(undefined) };

    await started(createBus({ name: "test", events: anything, sinks }));

    expect(Object.keys(await given.promise)).toEqual(Object.keys(deps));
    expect(Object.values(await given.promise).every((service) => service !== undefined)).toBe(true);
    expect(await promise).toHaveLength(tokens.length);
  });

  class WithLanes {
    readonly start = (): undefined => undefined;
    readonly lanes: unknown;
    constructor(lanes: unknown) {
      this.lanes = lanes;
    }
  }
  inject(LANES)(WithLanes, undefined, 0);
  injectable()(WithLanes);

  it.each([
    ["factory", { deps: { lanes: LANES }, create: () => ({ start: () => undefined }) }],
    ["class", { useClass: WithLanes }],
  ])("have no lanes for a source in the %s form", async (_, form) => {
    const source = defineSource({ name: "puller", options: z.undefined(), ...form });
    const bus = createBus({ name: "test", events: anything, sources: { feed: source(undefined) } });

    await expect(bus.start()).rejects.toMatchObject({
      code: "BUS_DEPENDENCY_MISSING",
      message: expect.stringContaining('Source "feed" depends on "bus:lanes"'),
    });
  });
});

describe("a class that is no plugin's", () => {
  it("because it lacks its decorators keeps the bus from starting", async () => {
    class Bare implements Sink<undefined> {
      readonly deliver = (): [] => [];
      readonly phone: Phone;
      constructor(phone: Phone) {
        this.phone = phone;
      }
    }
    const sink = defineSink({ name: "bare", options: z.undefined(), deps: { phone: PHONE }, useClass: Bare });
    const provided = [provide(PHONE, { number: "1" })];
    const bus = createBus({ name: "test", events: anything, sinks: { crm: sink(undefined) }, provide: provided });

    const error = await errorOf(() => bus.start());

    expect(error).toMatchObject({ code: "BUS_START_FAILED", cause: expect.any(Error) });
  });
});
