import { createBus } from "@bus/core";
import { z } from "zod";
import type { Dispatcher } from "./dispatcher.ts";
import { TYPE } from "./message.ts";

const EVENTS = { [TYPE]: z.object({ id: z.number(), text: z.string() }) };

function busDispatcher(name: string, validate: boolean): Dispatcher {
  return {
    name,
    conditions: `memoryStore, no sinks, validate: ${validate}; publish awaited, async listeners are not; each event gets an id, a time and its cause, and a listener that throws harms nobody`,
    open: async (listeners) => {
      const bus = createBus({ name: "bench", events: EVENTS, validate });
      for (const listener of listeners) bus.on(TYPE, listener);
      await bus.start();
      return {
        publish: (data) => bus.publish(TYPE, data as { id: number; text: string }),
        close: () => bus.stop(),
      };
    },
    close: async () => {},
  };
}

export const busDispatchers: { readonly Bus: Dispatcher; readonly checked: Dispatcher } = {
  Bus: busDispatcher("Bus", false),
  checked: busDispatcher("Bus, checked", true),
};
