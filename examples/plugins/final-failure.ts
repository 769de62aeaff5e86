import { BusError } from "@bus/core";

// #region final
/** The data is not what the host's schema says, or has no JSON form; the id or another option is not one that `publish` takes. */
const FINAL = ["BUS_EVENT_INVALID", "BUS_EVENT_UNSERIALIZABLE", "BUS_OPTION_INVALID"] as const;

/** Whether `publish` fails like this each time. All else, a full backlog among it, is for later. */
export function isFinal(error: unknown): boolean {
  return FINAL.some((code) => BusError.is(error, code));
}
// #endregion final
