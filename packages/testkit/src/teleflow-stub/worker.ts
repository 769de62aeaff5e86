import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "@bus/core";
import { NotificationFeed, type FeedEntry } from "./notification-feed.ts";
import { isObject } from "./parse-request.ts";
import { recipientsOf } from "./recipients.ts";
import type { DroppedTrigger, TeleflowNotification, TeleflowStubOptions } from "./teleflow-stub.ts";
import { Timers } from "./timers.ts";

/** How long the jobs of a transaction are kept, by which a second one is known. */
const KEPT_MS = 48 * 3_600_000;

/** A trigger that the API answered `processed`. */
export interface Accepted {
  readonly transactionId: string;
  readonly workflow: string;
  readonly payload: unknown;
  /** Undefined for a broadcast. */
  readonly to: unknown;
  readonly actor: unknown;
  readonly broadcast: boolean;
  readonly delayMs: number;
}

/** What the API hands its triggers to: it tells nobody what becomes of them. */
export class Worker {
  readonly notifications: TeleflowNotification[] = [];
  readonly dropped: DroppedTrigger[] = [];
  readonly feed: NotificationFeed = new NotificationFeed();
  readonly #options: TeleflowStubOptions;
  readonly #clock: Clock;
  readonly #timers: Timers;
  #queue: Accepted[] = [];
  readonly #ofSubscriber = new Map<string, TeleflowNotification[]>();
  readonly #subscribers: Set<string>;
  readonly #delayed = new Map<string, Set<() => void>>();

  constructor(options: TeleflowStubOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#subscribers = new Set(options.subscribers);
  }

  accept(trigger: Accepted): void {
    const { fanOutMs = 0 } = this.#options;
    if (fanOutMs > 0) this.#timers.schedule(() => this.#enqueue(trigger), fanOutMs);
    else this.#enqueue(trigger);
  }

  drop(transactionId: string, reason: DroppedTrigger["reason"]): void {
    this.dropped.push({ transactionId, reason });
  }

  /** Only what has been fanned out and waits can be cancelled. */
  cancel(transactionId: string): boolean {
    const waiting = this.#delayed.get(transactionId);
    if (waiting === undefined) return false;
    this.#delayed.delete(transactionId);
    for (const cancel of waiting) cancel();
    this.drop(transactionId, "cancelled");
    return true;
  }

  notificationsOf(subscriberId: string): readonly TeleflowNotification[] {
    return this.#ofSubscriber.get(subscriberId) ?? [];
  }

  async settled(): Promise<void> {
    while (this.#queue.length > 0) await nextTurn();
  }

  /** What waits will not come. */
  stop(): void {
    this.#timers.clear();
  }

  clear(): void {
    this.stop();
    this.#queue = [];
    this.notifications.length = 0;
    this.dropped.length = 0;
    this.feed.clear();
    for (const forgotten of [this.#ofSubscriber, this.#subscribers, this.#delayed]) forgotten.clear();
    for (const subscriber of this.#options.subscribers ?? []) this.#subscribers.add(subscriber);
  }

  #enqueue(trigger: Accepted): void {
    if (this.#queue.push(trigger) === 1) setImmediate(() => this.#drain());
  }

  #drain(): void {
    const due = this.#queue;
    this.#queue = [];
    for (const trigger of due) this.#take(trigger);
  }

  #take(trigger: Accepted): void {
    const { transactionId } = trigger;
    if (this.#isDuplicate(transactionId)) return this.drop(transactionId, "duplicate");
    const actor = isObject(trigger.actor) ? trigger.actor["subscriberId"] : trigger.actor;
    if (typeof actor === "string") this.#subscribers.add(actor);
    if (trigger.broadcast) return this.#fanOut(trigger, [...this.#subscribers]);
    const recipients = recipientsOf(trigger.to);
    if (recipients === undefined) return this.drop(transactionId, "bad recipient");
    const { subscriberIds, topicKeys } = recipients;
    this.#fanOut(trigger, subscriberIds);
    if (topicKeys.size === 0) return;
    const { topics = {} } = this.#options;
    // By then the subscribers named one by one have got theirs.
    if (![...topicKeys].every((key) => Object.hasOwn(topics, key))) return this.drop(transactionId, "unknown topic");
    const members = new Set([...topicKeys].flatMap((key) => topics[key] ?? []));
    this.#fanOut(
      trigger,
      [...members].filter((id) => id !== actor && !subscriberIds.has(id)),
    );
  }

  /** Jobs tell a transaction that was; one that reached nobody left none. */
  #isDuplicate(transactionId: string): boolean {
    const at = this.feed.createdAt(transactionId);
    return at !== undefined && this.#clock.now() - at < KEPT_MS;
  }

  #fanOut(trigger: Accepted, subscriberIds: Iterable<string>): void {
    const { transactionId, workflow, payload, broadcast } = trigger;
    const now = this.#clock.now();
    for (const subscriberId of subscriberIds) {
      this.#subscribers.add(subscriberId);
      const entry = this.feed.add({ subscriberId, workflow, payload, transactionId, broadcast }, now);
      if (trigger.delayMs > 0) this.#delay(entry, trigger.delayMs);
      else this.#notify(entry);
    }
  }

  #delay(entry: FeedEntry, delayMs: number): void {
    const { transactionId } = entry.notification;
    const waiting = this.#delayed.get(transactionId) ?? new Set();
    this.#delayed.set(transactionId, waiting);
    entry.status = "delayed";
    const unschedule = this.#timers.schedule(() => {
      waiting.delete(cancel);
      if (waiting.size === 0) this.#delayed.delete(transactionId);
      this.#notify(entry);
    }, delayMs);
    const cancel = () => {
      unschedule();
      entry.status = "canceled";
    };
    waiting.add(cancel);
  }

  #notify(entry: FeedEntry): void {
    const { notification } = entry;
    entry.status = "completed";
    this.notifications.push(notification);
    const theirs = this.#ofSubscriber.get(notification.subscriberId);
    if (theirs) theirs.push(notification);
    else this.#ofSubscriber.set(notification.subscriberId, [notification]);
  }
}
