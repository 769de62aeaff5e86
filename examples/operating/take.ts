import { BusError } from "@bus/core";
import type { DeskBus } from "./bus.ts";
import { createContacts } from "./contacts.ts";

// #region take
/** The status to answer with: 201 once the event is on the disk, 503 while there is no room for it. */
export async function take(bus: DeskBus, id: number): Promise<number> {
  try {
    await createContacts(bus, id);
    return 201;
  } catch (error) {
    if (BusError.is(error, "BUS_BACKLOG_FULL") || BusError.is(error, "BUS_STORE_FULL")) return 503;
    throw error;
  }
}
// #endregion take
