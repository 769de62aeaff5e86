import { z } from "zod";
import { id, type TrinoId } from "./events/account.ts";
import type { PendingDeliveries } from "./webhook.ts";
import { ofBoundedLength, settingsFields, type ParsedSettings } from "./webhook-settings.ts";

/** A registered webhook as it is kept in the state. */
export interface WebhookRecord {
  /** Counted from 1, never given twice. */
  readonly id: number;
  readonly accountId: TrinoId;
  readonly settings: ParsedSettings;
  /** Newest first. */
  readonly secrets: readonly StoredSecret[];
  /** Absent while it is enabled. */
  readonly disabled?: { readonly reason: string; readonly pending: PendingDeliveries } | undefined;
  /** Ms since the epoch, as below. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredSecret {
  readonly secret: string;
  /** When it signs no longer, ms since the epoch. Absent: the current one. */
  readonly endsAt?: number | undefined;
}

/** In the place of the record of a webhook that is gone, while its deliveries are parked. */
export const REMOVED = "removed";

export const pendingDeliveries: z.ZodType<PendingDeliveries, PendingDeliveries> = z.enum(["park", "discard"]);

const instant = z.number();

/** Strict: a record with a field this version does not know means something this version does not do. */
export const webhookRecord: z.ZodType<WebhookRecord> = z.strictObject({
  id: z.int().min(1),
  accountId: ofBoundedLength(id),
  settings: z.strictObject(settingsFields),
  secrets: z
    .array(z.strictObject({ secret: z.string().min(1), endsAt: instant.optional() }))
    .min(1)
    .readonly(),
  disabled: z.strictObject({ reason: z.string(), pending: pendingDeliveries }).optional(),
  createdAt: instant,
  updatedAt: instant,
});
