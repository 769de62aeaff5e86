// #region eventually
import { vi } from "vitest";

/** Looks again until this holds, for 4 s at most: a busy machine takes its time. */
export function eventually(assertion: () => Promise<void> | void): Promise<void> {
  return vi.waitFor(assertion, { timeout: 4_000, interval: 5 });
}
// #endregion eventually
