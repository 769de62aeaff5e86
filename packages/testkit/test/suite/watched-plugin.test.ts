import {
  CLOCK,
  container,
  createBus,
  defineSink,
  inject,
  injectable,
  OPTIONS,
  provide,
  token,
  type AnySinkPlugin,
  type Sink,
  type Token,
} from "@bus/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { anySchema } from "../../src/suite/any-schema.ts";
import { watchedPlugin } from "../../src/suite/watched-plugin.ts";

const PHONE: Token<string> = token("test:phone");
const FAX: Token<string> = token("test:fax");

class Caller implements Sink<undefined> {
  readonly services: readonly unknown[];
  constructor(...services: readonly unknown[]) {
    this.services = services;
  }
  deliver(): [] {
    return [];
  }
}

const definition = { name: "caller", options: z.strictObject({}), deps: { phone: PHONE, clock: CLOCK } } as const;

const byFactory = (create: (deps: object) => readonly unknown[]): AnySinkPlugin =>
  defineSink({ ...definition, create: ({ deps }) => new Caller(...create(deps)) })({});

/** The decorators are applied by hand: Node's own type stripping refuses their syntax. */
function byClass(...tokens: readonly Token<unknown>[]): AnySinkPlugin {
  class OwnCaller extends Caller {}
  for (const [index, each] of tokens.entries()) inject(each)(OwnCaller, undefined, index);
  injectable()(OwnCaller);
  return defineSink({ ...definition, useClass: OwnCaller })({});
}

/** What the bus's sink was made with, and what the watch was told meanwhile. */
async function madeOf(plugin: AnySinkPlugin): Promise<{ services: readonly unknown[]; undeclared: readonly string[] }> {
  const undeclared: string[] = [];
  let made: Sink | undefined;
  const watch = (sink: Sink): Sink => (made = sink);
  const bus = createBus({
    name: "test",
    events: { "thing.done": anySchema },
    sinks: { phone: watchedPlugin(plugin, watch, (service) => void undeclared.push(service)) },
    provide: [provide(PHONE, "123")],
  });
  await bus.start();
  await bus.stop();
  return { services: (made as Caller).services, undeclared };
}

describe("a watched plugin", () => {
  beforeAll(() => void container.register(FAX, { useValue: "everybody's" }));
  afterAll(() => container.clearInstances());

  it("is made of what it declared, in both forms, and hides its options as before", async () => {
    const ofFactory = await madeOf(byFactory((deps) => [Object.keys(deps), Reflect.get(deps, "phone")]));
    const ofClass = await madeOf(byClass(OPTIONS, PHONE));

    expect(ofFactory).toEqual({ services: [["phone", "clock"], "123"], undeclared: [] });
    expect(ofClass).toEqual({ services: [{}, "123"], undeclared: [] });
    const watched = watchedPlugin(byClass(PHONE), (sink) => sink);
    expect([Object.keys(watched).includes("options"), watched.options, Object.isFrozen(watched)]).toEqual([
      false,
      {},
      true,
    ]);
  });

  it.each([
    ["a factory by name", byFactory((deps) => [Reflect.get(deps, "fax")]), "fax"],
    ["a factory by token", byFactory(() => [container.resolve(FAX)]), FAX],
    ["a class by token", byClass(PHONE, FAX), FAX],
  ])("tells what it did not declare, asked for by %s", async (_, plugin, service) => {
    expect((await madeOf(plugin)).undeclared).toEqual([service]);
  });
});
