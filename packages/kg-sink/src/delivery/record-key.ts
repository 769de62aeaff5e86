import type { BusEvent, Logger } from "@bus/core";

/** The key of an event's records, by a function of the host's; undefined, and logged, where it gives none. */
export function keyOf(key: (event: BusEvent) => string, event: BusEvent, logger: Logger): string | undefined {
  try {
    const made: unknown = key(event);
    if (typeof made === "string") return made;
    throw new TypeError(`The option key gave ${typeof made} and no text.`);
  } catch (err) {
    logger.error({ err, event: event.id }, "The option key failed: the event is not sent.");
    return undefined;
  }
}
