import type { StateStore } from "./store.ts";

/** Plugin state in maps; `assertOpen` throws while the store is closed. */
export class MemoryState implements StateStore {
  readonly #scopes = new Map<string, Map<string, string>>();
  readonly #assertOpen: (operation: string) => void;

  constructor(assertOpen: (operation: string) => void) {
    this.#assertOpen = assertOpen;
  }

  async get(scope: string, key: string): Promise<string | undefined> {
    this.#assertOpen("state.get");
    return this.#scopes.get(scope)?.get(key);
  }

  async set(scope: string, key: string, value: string): Promise<void> {
    this.#assertOpen("state.set");
    const entries = this.#scopes.get(scope) ?? new Map<string, string>();
    this.#scopes.set(scope, entries.set(key, value));
  }

  async delete(scope: string, key: string): Promise<void> {
    this.#assertOpen("state.delete");
    const entries = this.#scopes.get(scope);
    entries?.delete(key);
    if (entries?.size === 0) this.#scopes.delete(scope);
  }

  async keys(scope: string, prefix: string): Promise<readonly string[]> {
    this.#assertOpen("state.keys");
    return [...(this.#scopes.get(scope)?.keys() ?? [])].filter((key) => key.startsWith(prefix)).toSorted();
  }
}
