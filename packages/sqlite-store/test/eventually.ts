import { expect } from "vitest";

/** What is read comes to be as expected, however busy the machine. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 10_000, interval: 5 });
}
