import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore, type Store } from "@bus/core";
import { onTestFinished } from "vitest";

type Call = "append" | "get" | "change" | "keys";

export interface FaultyStore {
  readonly store: Store;
  /** Asked before each call, by name; "after": the call is done, and fails all the same. */
  faults: (call: Call) => "before" | "after" | undefined;
}

/** The name of a file that is not there yet, in a directory of its own that ends with the test. */
export function aTempFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "bus-push-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "bus.db");
}

/** A store that fails when it is told to. */
export function aFaultyStore(store: Store = memoryStore()): FaultyStore {
  const faulty: FaultyStore = { store, faults: () => undefined };
  const sabotage = <Args extends readonly unknown[], Result>(
    call: Call,
    real: (...args: Args) => Promise<Result>,
  ): ((...args: Args) => Promise<Result>) => {
    return async (...args) => {
      const fault = faulty.faults(call);
      const fails = (): never => {
        throw new Error("the disk is gone");
      };
      if (fault === "before") fails();
      const result = await real(...args);
      return fault === "after" ? fails() : result;
    };
  };
  const { state } = store;
  Object.assign(store, { append: sabotage("append", store.append.bind(store)) });
  Object.assign(state, {
    get: sabotage("get", state.get.bind(state)),
    change: sabotage("change", state.change.bind(state)),
    keys: sabotage("keys", state.keys.bind(state)),
  });
  return faulty;
}

/** Fails the `number`th of these calls from now on, once. */
export function failOnce(faulty: FaultyStore, call: Call, number: number, when: "before" | "after"): void {
  let seen = 0;
  faulty.faults = (made) => (made === call && ++seen === number ? when : undefined);
}

/** A store that appends once it is let. */
export function aSlowStore(): { readonly store: Store; readonly appending: Promise<void>; let(): void } {
  const store = memoryStore();
  const append = store.append.bind(store);
  const [appending, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  Object.assign(store, {
    append: async (...args: Parameters<typeof append>) => {
      appending.resolve();
      await gate.promise;
      return append(...args);
    },
  });
  return { store, appending: appending.promise, let: gate.resolve };
}
