/** As deep as the bus takes data; the envelope of a push is deeper than that of its event. */
const MAX_DEPTH = 2_000;

const TOO_DEEP = new RangeError("The value is nested too deep.");

/** JSON in which the order of keys says nothing; undefined for what is nested deeper than the bus takes. */
export function canonicalJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(sorted(value, MAX_DEPTH));
  } catch (error) {
    if (error === TOO_DEEP) return undefined;
    throw error;
  }
}

/** The value with its keys in one order. Loops rather than maps: one frame of the stack a level. */
function sorted(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) throw TOO_DEEP;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(sorted(item, depth - 1));
    return items;
  }
  const fields: [string, unknown][] = [];
  for (const key of Object.keys(value).toSorted()) fields.push([key, sorted(Reflect.get(value, key), depth - 1)]);
  // Unlike an assignment, it takes "__proto__" for a key like any.
  return Object.fromEntries(fields);
}
