import { hash } from "node:crypto";
import type { PublishEntry } from "@bus/core";
import type { PushedEvent } from "../parse-push.ts";

/** What is published once: an event or, with an Idempotency-Key, all events of a push. */
export interface PushUnit {
  /** The same for what comes again: 64 hex digits. */
  readonly key: string;
  /** What the sender's key was used for. */
  readonly fingerprint?: string;
  readonly entries: readonly PublishEntry[];
}

/** Without a key of the sender's, an event is the same one if its content and its place in the push are. */
export function unitsOf(events: readonly PushedEvent[], idempotencyKey: string | undefined): readonly PushUnit[] {
  if (idempotencyKey === undefined)
    return events.map(({ entry, canonical }, index) => ({
      key: hash("sha256", `event\0${index}\0${canonical}`),
      entries: [entry],
    }));
  const fingerprint = hash("sha256", events.map(({ canonical }) => canonical).join(","));
  return [{ key: hash("sha256", `key\0${idempotencyKey}`), fingerprint, entries: events.map(({ entry }) => entry) }];
}
