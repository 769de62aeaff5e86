import type { BusEvent, Logger } from "@bus/core";

/** The same for all records, or by event. */
export type KeyOption = string | ((event: BusEvent) => string);

/** The key of an event's records; undefined, and logged, where the host's function gives none. */
export function keyOf(key: KeyOption, event: BusEvent, logger: Logger): string | undefined {
  if (typeof key === "string") return key;
  try {
    const made: unknown = key(event);
    if (typeof made === "string") return made;
    throw new TypeError(`The option key gave ${typeof made} and no text.`);
  } catch (err) {
    logger.error({ err, event: event.id }, "The option key failed: the event is not sent.");
    return undefined;
  }
}
