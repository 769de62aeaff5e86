import { container, provide, token, type AnySourcePlugin, type Token } from "@bus/core";
import { orderSubject } from "../order-source.ts";
import { copyOf, type SourceSaboteur } from "../saboteur.ts";

const COLOUR: Token<string> = token("orders:colour");

/** Registers by being imported, for the whole process. */
const GLOBAL: Token<string> = token("orders:global");
container.register(GLOBAL, { useValue: "everybody's" });

export const dependencies: readonly SourceSaboteur[] = [
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
    name: "gets from its host what it did not declare",
    caughtBy: ["declares all that the host is to provide"],
    subject: { provide: [...(orderSubject.provide ?? []), provide(COLOUR, "green")] },
  },
  {
    name: "makes do with what somebody else registered for the whole process",
    caughtBy: ["does not start without what it depends on, and says what that is"],
    plugin: (plugin) => copyOf(plugin, { deps: { ...plugin.deps, global: GLOBAL } }),
    subject: { provide: [...(orderSubject.provide ?? []), provide(GLOBAL, "the host's")] },
  },
];

type Making = Extract<AnySourcePlugin["make"], { readonly create: unknown }>;
type Context = Parameters<Making["create"]>[0];

/** The same, but for what happens as the source is made. */
function made(plugin: AnySourcePlugin, first: (context: Context) => void): AnySourcePlugin {
  const { create } = plugin.make as Making;
  const make: Making = {
    create: (context) => {
      first(context);
      return create(context);
    },
  };
  return copyOf(plugin, { make });
}
