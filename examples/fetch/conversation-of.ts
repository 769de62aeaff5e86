// #region map
import type { EventOf, MappedTo } from "@bus/core";
import type { trinoEvents } from "@bus/webhook-sink";
import type { ticketEvents } from "./ticket-events.ts";

/** A ticket as webhooks have it: their bodies are those of a support desk, where it is a conversation. */
export function conversationOf({
  data: { id, accountId, subject },
  time,
}: EventOf<typeof ticketEvents, "ticket.opened">): MappedTo<typeof trinoEvents> {
  return {
    type: "conversation.created",
    data: {
      id,
      account: { id: accountId },
      inbox_id: "tickets",
      status: "open",
      additional_attributes: { subject },
      created_at: time,
      updated_at: time,
      last_activity_at: time,
    },
  };
}
// #endregion map
