import type { StateChange, StateStore } from "./store.ts";

/** Plugin state in maps; `assertOpen` throws while the store is closed. */
export class MemoryState implements StateStore {
  readonly #scopes = new Map<string, Map<string, string>>();
  readonly #assertOpen: (operation: string) => void;

  constructor(assertOpen: (operation: string) => void) {
    this.#assertOpen = assertOpen;
  }

  async get(scope: string, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    this.#assertOpen("state.get");
    const entries = this.#scopes.get(scope);
    return keys.map((key) => entries?.get(key));
  }

  async change(scope: string, changes: readonly StateChange[]): Promise<boolean> {
    this.#assertOpen("state.change");
    const entries = this.#scopes.get(scope) ?? new Map<string, string>();
    const changed = new Map<string, string | undefined>();
    for (const change of changes) {
      const { key, value, expected } = change;
      const held = changed.has(key) ? changed.get(key) : entries.get(key);
      if ("expected" in change && held !== expected) return false;
      changed.set(key, value);
    }
    for (const [key, value] of changed) {
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    }
    if (entries.size > 0) this.#scopes.set(scope, entries);
    else this.#scopes.delete(scope);
    return true;
  }

  async keys(scope: string, prefix: string): Promise<readonly string[]> {
    this.#assertOpen("state.keys");
    return [...(this.#scopes.get(scope)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).toSorted();
  }
}
