import Emittery from "emittery";
import EventEmitter2 from "eventemitter2";
import { createHooks } from "hookable";
import { ServiceBroker } from "moleculer";
import type { Dispatcher, Listener } from "./dispatcher.ts";
import { TYPE } from "./message.ts";
import { versionOf } from "./version-of.ts";

const nothing = async (): Promise<void> => {};

/** Those whose call resolves once the listeners are done, async ones too. */
export const awaitedEmitters: Readonly<Record<string, Dispatcher>> = {
  "EventEmitter2 emitAsync": {
    name: "EventEmitter2 emitAsync",
    conditions: versionOf("eventemitter2"),
    open: async (listeners) => {
      const emitter = new EventEmitter2.EventEmitter2();
      for (const listener of listeners) emitter.on(TYPE, listener);
      return { publish: (data) => emitter.emitAsync(TYPE, data), close: nothing };
    },
    close: nothing,
  },
  emittery: {
    name: "emittery",
    conditions: versionOf("emittery"),
    open: async (listeners) => {
      const emitter = new Emittery<Record<string, unknown>>();
      for (const listener of listeners) emitter.on(TYPE, ({ data }) => listener(data));
      return { publish: (data) => emitter.emit(TYPE, data), close: nothing };
    },
    close: nothing,
  },
  hookable: {
    name: "hookable",
    conditions: `${versionOf("hookable")}, callHook`,
    open: async (listeners) => {
      const hooks = createHooks<Record<string, Listener>>();
      for (const listener of listeners) hooks.hook(TYPE, listener);
      return { publish: (data) => hooks.callHook(TYPE, data), close: nothing };
    },
    close: nothing,
  },
  moleculer: {
    name: "moleculer",
    conditions: `${versionOf("moleculer")}, no transporter, a service for each listener, broker.emit`,
    open: async (listeners) => {
      const broker = new ServiceBroker({ logger: false });
      for (const [index, listener] of listeners.entries())
        broker.createService({
          name: `listener-${index}`,
          events: { [TYPE]: { handler: (context: { readonly params: unknown }) => listener(context.params) } },
        });
      await broker.start();
      return { publish: (data) => broker.emit(TYPE, data), close: () => broker.stop() };
    },
    close: nothing,
  },
};
