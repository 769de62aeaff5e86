import { z } from "zod";
import { id as trinoId, type TrinoId } from "../events/account.ts";
import { areSubscriptions, type Subscription } from "../subscriptions.ts";
import type { WebhookChanges, WebhookView } from "../webhooks.ts";
import { RefusedRequest, sentenceOf } from "./answer.ts";

/** What a caller may choose. Other keys are ignored, as upstream does: it may send back what it got. */
const webhookBody = z.object({
  webhook: z.object(
    {
      url: z.string("Url is invalid").optional(),
      name: z.string("Name is invalid").nullish(),
      inbox_id: z.union([trinoId, z.null()], "Inbox is invalid").optional(),
      subscriptions: z
        .custom<readonly Subscription[] | null>(
          (value) => value === null || areSubscriptions(value),
          "Subscriptions Invalid events",
        )
        .optional(),
      enabled: z.boolean("Enabled is invalid").optional(),
    },
    'Body must be {"webhook": {...}}',
  ),
});

/** What a body says of a webhook. */
export function changesOf(body: object): WebhookChanges {
  const parsed = webhookBody.safeParse(body);
  if (!parsed.success) throw new RefusedRequest(422, sentenceOf(parsed.error));
  const { inbox_id: inboxId, ...changes } = parsed.data.webhook;
  return { ...changes, inboxId };
}

/** A webhook as it is on the wire, without its secret, and without the headers that the host has given it: they may be secret too. */
export function webhookJson(webhook: WebhookView): Record<string, unknown> {
  const { id, name, url, accountId, inboxId, subscriptions, enabled, createdAt, updatedAt } = webhook;
  return {
    id,
    name,
    url,
    account_id: accountId,
    inbox_id: inboxId,
    subscriptions,
    enabled,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  };
}

/** The id in a path, in the desk's type: a number where it is the text of one. */
export function idOf(text: string): TrinoId {
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? number : text;
}
