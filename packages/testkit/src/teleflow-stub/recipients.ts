import { isObject } from "./parse-request.ts";

export interface Recipients {
  readonly subscriberIds: ReadonlySet<string>;
  readonly topicKeys: ReadonlySet<string>;
}

/** Reads `to` as the worker does, which throws all of it away for one recipient that is none. Undefined if it does, or if there is nobody. */
export function recipientsOf(to: unknown): Recipients | undefined {
  const subscriberIds = new Set<string>();
  const topicKeys = new Set<string>();
  for (const recipient of (Array.isArray(to) ? to : [to]) as readonly unknown[]) {
    if (!recipient) continue;
    const isTopic = isObject(recipient) && recipient["type"] === "Topic";
    const id = isObject(recipient) ? recipient[isTopic ? "topicKey" : "subscriberId"] : recipient;
    if (typeof id !== "string" || id === "") return undefined;
    (isTopic ? topicKeys : subscriberIds).add(id);
  }
  return subscriberIds.size + topicKeys.size > 0 ? { subscriberIds, topicKeys } : undefined;
}
