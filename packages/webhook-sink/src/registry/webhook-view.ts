import type { WebhookRecord } from "../webhook-record.ts";
import type { WebhookView } from "../webhooks.ts";

/** What may be shown of a record. */
export function viewOf({ id, accountId, settings, disabled, createdAt, updatedAt }: WebhookRecord): WebhookView {
  return Object.freeze({
    id,
    accountId,
    ...settings,
    enabled: disabled === undefined,
    ...(disabled && { disabledReason: disabled.reason }),
    createdAt,
    updatedAt,
  });
}
