import type { Instant } from "../events/instant.ts";
import type { TrinoWebwidget } from "../events/webwidget.ts";
import { conversationPayload } from "./conversation-payload.ts";

/** A visit of the widget. @see docs/spec/trino-webhooks.md#events */
export function webwidgetPayload(webwidget: TrinoWebwidget<Instant>): object {
  const { account, current_conversation: current } = webwidget;
  return {
    ...webwidget,
    current_conversation: current ? conversationPayload({ ...current, account: current.account ?? account }) : null,
  };
}
