import type { BusEvent, Delivery } from "@bus/core";
import { aMessage } from "./fixtures.ts";

export function anEvent(changes: Partial<BusEvent> = {}): BusEvent {
  return {
    id: "event-1",
    type: "message.created",
    source: "helpdesk",
    time: "2026-06-17T12:32:48.358Z",
    data: aMessage(),
    ...changes,
  };
}

export function aDelivery(changes: Partial<Delivery> = {}): Delivery {
  return { id: "delivery-1", destination: "crm", attempt: 1, event: anEvent(), ...changes };
}
