import { BusError } from "./errors.ts";
import type { StateStore } from "./store/store.ts";

/** A small durable key-value store, kept in the bus's store. Values are JSON. */
export interface PluginState {
  get(key: string): Promise<unknown>;
  /** @throws {BusError} BUS_OPTION_INVALID for a value that has no JSON form, such as undefined. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** Sorted. */
  keys(prefix?: string): Promise<readonly string[]>;
}

/** The state of the plugin called `scope`. */
export function pluginState(state: StateStore, scope: string): PluginState {
  return {
    get: async (key) => {
      const value = await state.get(scope, key);
      return value === undefined ? undefined : JSON.parse(value);
    },
    set: async (key, value) => state.set(scope, key, jsonOf(`The state "${key}" of ${scope}`, value)),
    delete: (key) => state.delete(scope, key),
    keys: (prefix = "") => state.keys(scope, prefix),
  };
}

function jsonOf(place: string, value: unknown): string {
  let cause: unknown;
  try {
    const json: string | undefined = JSON.stringify(value);
    if (json !== undefined) return json;
  } catch (error) {
    cause = error;
  }
  throw new BusError("BUS_OPTION_INVALID", [place, "its value must have a JSON form"], { cause });
}
