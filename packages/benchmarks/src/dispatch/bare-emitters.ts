import { EventEmitter } from "node:events";
import { EventEmitter as EventEmitter3 } from "eventemitter3";
import mittModule from "mitt";
import { Subject } from "rxjs";
import type { Dispatcher, Listener } from "./dispatcher.ts";
import { TYPE } from "./message.ts";
import { versionOf } from "./version-of.ts";

// Its types are of a CommonJS module, and it is none.
const mitt = mittModule as unknown as typeof mittModule.default;
const nothing = async (): Promise<void> => {};

function bare(name: string, conditions: string, open: (listeners: readonly Listener[]) => (data: unknown) => unknown) {
  const dispatcher: Dispatcher = {
    name,
    conditions: `${conditions}; a plain call, awaited as the others are`,
    open: async (listeners) => ({ publish: open(listeners), close: nothing }),
    close: nothing,
  };
  return dispatcher;
}

/** Those that call the listeners and return: no promise, no envelope, and the first that throws stops the rest. */
export const bareEmitters: Readonly<Record<string, Dispatcher>> = {
  eventemitter3: bare("eventemitter3", `${versionOf("eventemitter3")}, emit`, (listeners) => {
    const emitter = new EventEmitter3();
    for (const listener of listeners) emitter.on(TYPE, listener);
    return (data) => emitter.emit(TYPE, data);
  }),
  "node:events": bare("node:events", `Node ${process.version}, emit`, (listeners) => {
    const emitter = new EventEmitter();
    for (const listener of listeners) emitter.on(TYPE, listener);
    return (data) => emitter.emit(TYPE, data);
  }),
  mitt: bare("mitt", `${versionOf("mitt")}, emit`, (listeners) => {
    const emitter = mitt<Record<string, unknown>>();
    for (const listener of listeners) emitter.on(TYPE, listener);
    return (data) => emitter.emit(TYPE, data);
  }),
  RxJS: bare("RxJS", `${versionOf("rxjs")}, next of a Subject`, (listeners) => {
    const subject = new Subject<unknown>();
    for (const listener of listeners) subject.subscribe(listener);
    return (data) => subject.next(data);
  }),
};
