import type { BusEvent } from "@bus/core";
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
