import type { StateChange, StateStore, Store } from "@bus/core";
import { wrapped } from "./saboteur.ts";

/** Replaces methods of plugin state. */
export function onState(store: Store, replaced: (state: StateStore) => Partial<StateStore>): Store {
  return wrapped(store, { state: replaced(wrapped(store, {}).state) });
}

/** Changes each change of plugin state. */
export function onChanges(store: Store, tampered: (change: StateChange) => StateChange): Store {
  return onState(store, ({ change }) => ({ change: (scope, changes) => change(scope, changes.map(tampered)) }));
}

export function unconditional({ key, value }: StateChange): StateChange {
  return { key, value };
}

/** Between the two, others have their turn. */
export async function lookThenChange(
  state: StateStore,
  scope: string,
  changes: readonly StateChange[],
): Promise<boolean> {
  const held = await state.get(
    scope,
    changes.map(({ key }) => key),
  );
  const areExpected = changes.every((change, index) => !("expected" in change) || held[index] === change.expected);
  return areExpected && state.change(scope, changes.map(unconditional));
}

export async function oneByOne(
  state: StateStore,
  scope: string,
  keys: readonly string[],
): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = [];
  for (const key of keys) values.push(...(await state.get(scope, [key])));
  return values;
}
