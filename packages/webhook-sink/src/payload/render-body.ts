import type { BusEvent } from "@bus/core";
import { trinoEvents } from "../events/trino-events.ts";
import { issueWords } from "../issue-words.ts";
import { isWebhookEvent, WIRE_NAMES, type Subscription } from "../subscriptions.ts";
import { payloadOf, reasonNotSent } from "./payload-of.ts";

/** What is sent for an event, or why nothing is. */
export type Rendering = RenderedBody | NotRendered;

interface RenderedBody {
  readonly kind: "body";
  readonly name: Subscription;
  readonly body: Uint8Array;
}

export type NotRendered =
  | { readonly kind: "unwanted"; readonly reason: string }
  | { readonly kind: "invalid"; readonly reason: string };

export interface RenderedPayload {
  readonly kind: "payload";
  readonly name: Subscription;
  readonly payload: object;
}

/**
 * Makes the body of an event's webhooks, of nothing but the event: every attempt, endpoint and replay gets the same bytes.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export function renderBody(event: BusEvent): Rendering {
  const rendering = renderPayload(event);
  if (rendering.kind !== "payload") return rendering;
  const { name, payload } = rendering;
  return { kind: "body", name, body: Buffer.from(JSON.stringify(payload)) };
}

/** What the body will say, without the cost of its bytes. The data is trusted: it was checked when it was published. */
export function renderPayload({ type, data }: BusEvent): RenderedPayload | NotRendered {
  if (!isWebhookEvent(type)) return { kind: "invalid", reason: `No webhook is defined for "${type}".` };
  try {
    const reason = reasonNotSent(type, data);
    if (reason !== undefined) return { kind: "unwanted", reason };
    return { kind: "payload", name: WIRE_NAMES[type], payload: payloadOf(type, data) };
  } catch (error) {
    // Only for a host that publishes without a check.
    const { success, error: misfit } = trinoEvents[type].safeParse(data);
    if (success) throw error;
    return { kind: "invalid", reason: `The data does not fit "${type}": ${issueWords(misfit)}.` };
  }
}

/** Whether the event is sent to no webhook at all. Of data that nobody has checked, the rendering says it. */
export function isUnwanted(type: keyof typeof trinoEvents, data: unknown): boolean {
  try {
    return reasonNotSent(type, data) !== undefined;
  } catch {
    return false;
  }
}
