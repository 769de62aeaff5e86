import {
  container,
  inject,
  injectable,
  OPTIONS,
  provide,
  token,
  type AnySinkPlugin,
  type Sink,
  type Token,
} from "@bus/core";
import { injectedTrackerSink, trackerSubject, type TrackerOptions } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

const COLOUR: Token<string> = token("tracker:colour");

/** Registers by being imported, for the whole process. */
const GLOBAL: Token<string> = token("tracker:global");
container.register(GLOBAL, { useValue: "everybody's" });

export const dependencies: readonly SinkSaboteur[] = [
  {
    name: "looks for a service that it did not declare",
    caughtBy: ["depends on nothing that it does not declare"],
    plugin: (plugin) => made(plugin, (context) => void context.deps["metrics"]),
  },
  {
    name: "takes a service from the container that all share",
    caughtBy: ["depends on nothing that it does not declare"],
    plugin: (plugin) => made(plugin, () => void container.resolve(GLOBAL)),
  },
  {
    name: "is a class into which a service comes that it did not declare",
    caughtBy: ["depends on nothing that it does not declare"],
    subject: { create: ({ url, secret }, extra) => classWithGlobal({ url, secret, ...extra }) },
  },
  {
    name: "gets from its host what it did not declare",
    caughtBy: ["declares all that the host is to provide"],
    subject: { provide: [...(trackerSubject.provide ?? []), provide(COLOUR, "green")] },
  },
  {
    name: "makes do with what somebody else registered for the whole process",
    caughtBy: ["does not start without what it depends on, and says what that is"],
    plugin: (plugin) => copyOf(plugin, { deps: { ...plugin.deps, global: GLOBAL } }),
    subject: { provide: [...(trackerSubject.provide ?? []), provide(GLOBAL, "the host's")] },
  },
];

type Making = Extract<AnySinkPlugin["make"], { readonly create: unknown }>;
type Context = Parameters<Making["create"]>[0];

/** The same, but for what happens as the sink is made. */
function made(plugin: AnySinkPlugin, first: (context: Context) => void): AnySinkPlugin {
  const { create } = plugin.make as Making;
  const make: Making = {
    create: (context) => {
      first(context);
      return create(context);
    },
  };
  return copyOf(plugin, { make });
}

function copyOf(plugin: AnySinkPlugin, changes: object): AnySinkPlugin {
  return Object.freeze(Object.defineProperty({ ...plugin, ...changes }, "options", { value: plugin.options }));
}

/** Into whose class the global service comes beside all that the right one has. */
function classWithGlobal(options: TrackerOptions): AnySinkPlugin {
  const right = injectedTrackerSink(options);
  const { useClass } = right.make as { readonly useClass: new (...args: unknown[]) => Sink };
  class Greedy extends useClass {}
  const tokens = [OPTIONS, ...Object.values(right.deps), GLOBAL];
  for (const [index, each] of tokens.entries()) inject(each)(Greedy, undefined, index);
  injectable()(Greedy);
  return copyOf(right, { make: { useClass: Greedy } });
}
