import { createBus, defineSink, memoryStore, STATE, type PluginState, type Store } from "@bus/core";
import { onTestFinished } from "vitest";
import { z } from "zod";

/** What a sink gets by the token STATE, of a bus on the store; and how to stop that bus. */
export async function aState(store: Store = memoryStore()): Promise<{ state: PluginState; stop: () => Promise<void> }> {
  const given: PluginState[] = [];
  const keeper = defineSink({
    name: "keeper",
    options: z.undefined(),
    deps: { state: STATE },
    create: ({ deps }) => {
      given.push(deps.state);
      return { deliver: () => [], api: undefined };
    },
  });
  const bus = createBus({ name: "test", events: { ping: z.unknown() }, store, sinks: { hooks: keeper(undefined) } });
  await bus.start();
  const stop = () => bus.stop();
  onTestFinished(stop);
  return { state: given[0]!, stop };
}
