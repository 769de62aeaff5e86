import { BusError } from "../errors.ts";
import { FAN_OUT } from "../store/store.ts";

/** What a sink named, each destination once. @throws {BusError} BUS_DESTINATION_INVALID */
export function checkedDestinations(sink: string, destinations: readonly string[]): readonly string[] {
  if (!Array.isArray(destinations)) throw new BusError("BUS_DESTINATION_INVALID", [sink, "as no list"]);
  for (const destination of destinations) {
    if (typeof destination !== "string" || destination === "" || destination === FAN_OUT)
      throw new BusError("BUS_DESTINATION_INVALID", [sink, String(JSON.stringify(destination))]);
  }
  return [...new Set(destinations)];
}
