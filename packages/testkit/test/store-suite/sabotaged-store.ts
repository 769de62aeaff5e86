import type { Store } from "@bus/core";
import type { Saboteur } from "./saboteur.ts";
import { saboteurs } from "./saboteurs.ts";
import { createSqlite } from "./sqlite-subject.ts";

/** This module, for another process: there it creates the stores of this saboteur. */
export function moduleOf({ name }: Saboteur): URL {
  return new URL(`?saboteur=${encodeURIComponent(name)}`, import.meta.url);
}

/** @public Called in other processes, by the suite. */
export function create(directory: string): Store {
  const name = new URL(import.meta.url).searchParams.get("saboteur");
  const saboteur = saboteurs.find((each) => each.name === name);
  if (saboteur === undefined) throw new Error(`There is no saboteur "${name}".`);
  return saboteur.sabotage(createSqlite(directory));
}
