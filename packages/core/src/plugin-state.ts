import { BusError } from "./errors.ts";
import type { StateChange, StateStore } from "./store/store.ts";

/** A small durable key-value store, kept in the bus's store. Values are JSON. */
export interface PluginState {
  get(key: string): Promise<unknown>;
  /** The values of these keys, in their order, all as of one moment; undefined where there is none. */
  getMany(keys: readonly string[]): Promise<readonly unknown[]>;
  /** @throws {BusError} BUS_OPTION_INVALID for a value that has no JSON form, such as undefined. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Makes all of the changes in one step, or none: false when a key does not hold what its change expects. They are made in their order: a
   * change finds what those before it have made of its key.
   *
   * @throws {BusError} BUS_OPTION_INVALID for a value, other than undefined, that has no JSON form.
   */
  change(changes: readonly PluginStateChange[]): Promise<boolean>;
  /** Sorted. */
  keys(prefix?: string): Promise<readonly string[]>;
}

export interface PluginStateChange {
  readonly key: string;
  /** Undefined: the key goes. */
  readonly value: unknown;
  /** What the key must hold, where this property is there; undefined: nothing. Values are the same if their JSON texts are. */
  readonly expected?: unknown;
}

/** The state of the plugin called `scope`. Its calls reject with BUS_NOT_RUNNING once the bus has stopped. */
export function pluginState(store: StateStore, scope: string): PluginState {
  const state = whileOpen(store, `The state of ${scope}`);
  const getMany = async (keys: readonly string[]): Promise<readonly unknown[]> =>
    (await state.get(scope, keys)).map((value) => (value === undefined ? undefined : JSON.parse(value)));
  return {
    get: async (key) => (await getMany([key]))[0],
    getMany,
    set: async (key, value) => {
      await state.change(scope, [{ key, value: jsonOf(`The state "${key}" of ${scope}`, value) }]);
    },
    delete: async (key) => {
      await state.change(scope, [{ key, value: undefined }]);
    },
    change: async (changes) =>
      state.change(
        scope,
        changes.map((change) => storedChange(scope, change)),
      ),
    keys: (prefix = "") => state.keys(scope, prefix),
  };
}

function whileOpen(store: StateStore, what: string): StateStore {
  const notRunning = (error: unknown): never => {
    throw BusError.is(error, "BUS_STORE_CLOSED") ? new BusError("BUS_NOT_RUNNING", [what, "stopped"]) : error;
  };
  return {
    get: (scope, keys) => store.get(scope, keys).catch(notRunning),
    change: (scope, changes) => store.change(scope, changes).catch(notRunning),
    keys: (scope, prefix) => store.keys(scope, prefix).catch(notRunning),
  };
}

function storedChange(scope: string, change: PluginStateChange): StateChange {
  const { key, value, expected } = change;
  return {
    key,
    value: value === undefined ? undefined : jsonOf(`The state "${key}" of ${scope}`, value),
    ...("expected" in change && {
      expected: expected === undefined ? undefined : jsonOf(`The expected state "${key}" of ${scope}`, expected),
    }),
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
