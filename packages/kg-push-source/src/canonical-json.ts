/** As deep as the bus takes data. */
const MAX_DEPTH = 2_000;

/** JSON in which the order of keys says nothing; undefined for what is nested too deep for the bus, or has a number that JSON cannot write. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(sorted(value, MAX_DEPTH));
}

/** The value with its keys in one order. Loops rather than maps: one frame of the stack a level. */
function sorted(value: unknown, depth: number): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return undefined;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const inside = sorted(item, depth - 1);
      if (inside === undefined) return undefined;
      items.push(inside);
    }
    return items;
  }
  const fields: [string, unknown][] = [];
  for (const key of Object.keys(value).toSorted()) {
    const field = sorted(Reflect.get(value, key), depth - 1);
    if (field === undefined) return undefined;
    fields.push([key, field]);
  }
  // Unlike an assignment, it takes "__proto__" for a key like any.
  return Object.fromEntries(fields);
}
