// #region store
import type { Store } from "@bus/core";

/** The same store, which tells how long each call of it took. */
export function timedStore(store: Store, onCall: (method: string, ms: number) => void): Store {
  const timed = <T extends object>(target: T, prefix = ""): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name === "state") return timed(store.state, "state.");
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          const startedAt = performance.now();
          try {
            return await value.apply(target, args);
          } finally {
            onCall(prefix + String(name), performance.now() - startedAt);
          }
        };
      },
    });
  return timed(store);
}
// #endregion store
