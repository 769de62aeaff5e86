import type { BusEvent, EventOf, EventSchemas, EventType } from "@bus/core";
import type { AnyObject } from "./any-object.ts";
import type { JsonOf } from "./json-of.ts";
import type { TeleflowSubscriber, TeleflowTenant, TeleflowTo } from "./recipient.ts";

/** What the sink does with the events of one type: it triggers a workflow, broadcasts one, or cancels. */
export type TeleflowRule<E extends EventSchemas, On extends string = EventType<E>> =
  // Distributes, so that each rule of a list that is typed elsewhere is of one event type.
  On extends string
    ? // Apart from the rest: `On` is inferred from here.
      { readonly on: DeclaredType<E, On> } & RuleOf<BusEvent<On, StoredData<E, On>>>
    : never;

/** `On` where there is such an event; else a literal that says so, for the compiler to print. */
type DeclaredType<E extends EventSchemas, On extends string> =
  On extends EventType<E> ? On : `The option events has no type "${On}"`;

/** The data as rules see it: the event was stored before it is their turn. */
type StoredData<E extends EventSchemas, On extends string> =
  On extends EventType<E> ? JsonOf<EventOf<E, On>["data"]> : unknown;

type RuleOf<Event extends BusEvent> = TriggerRule<Event> | BroadcastRule<Event> | CancelRule<Event>;

/** A value, or a function that makes it of the event: at once, and the same at every attempt. */
type Made<Event, Value, Returned = Value> = Value | ((event: Event) => Returned);

/** What all rules say alike. */
interface AnyRule<Event> {
  /** Whether the rule is for this event: if not, its delivery ends as skipped. @default always */
  readonly where?: ((event: Event) => boolean) | undefined;
  /** The name of the rule's lane. Once per event type. @default "trigger:", "broadcast:" or "cancel:" with the workflow, or the event type */
  readonly id?: string | undefined;
}

/** What triggers and broadcasts say alike. */
interface SendingRule<Event> extends AnyRule<Event> {
  /** What the templates of the workflow are filled with. @default {} */
  readonly payload?: Made<Event, Readonly<Record<string, unknown>>, AnyObject | undefined> | undefined;
  /** Settings for the providers. @default none */
  readonly overrides?: Made<Event, Readonly<Record<string, unknown>>, AnyObject | undefined> | undefined;
  /** Who did it: a subscriber. @default nobody */
  readonly actor?: Made<Event, string | TeleflowSubscriber | undefined>;
  /** @default none */
  readonly tenant?: Made<Event, string | TeleflowTenant | undefined>;
  /**
   * The id by which the service drops what it has had: 1 to 40 letters, digits, "_" and "-", the same at every attempt and no other event's or
   * rule's. Beyond 100 recipients what follows gets "_1", "_2" and so on behind it.
   *
   * @default made of the environment, the event and the rule
   */
  readonly transactionId?: ((event: Event) => string) | undefined;
}

/** Triggers a workflow for recipients. */
interface TriggerRule<Event> extends SendingRule<Event> {
  /** The identifier of the workflow. */
  readonly trigger: string;
  readonly broadcast?: undefined;
  readonly cancel?: undefined;
  readonly to: Made<Event, TeleflowTo>;
}

/** Triggers a workflow for every subscriber of the environment. */
interface BroadcastRule<Event> extends SendingRule<Event> {
  /** The identifier of the workflow. */
  readonly broadcast: string;
  readonly trigger?: undefined;
  readonly cancel?: undefined;
  readonly to?: undefined;
}

/** Cancels what was triggered and has not come to its end, such as a workflow that waits. */
interface CancelRule<Event> extends AnyRule<Event> {
  /** What: all that the rules sent for an event, by its id; or one transaction. */
  readonly cancel: (event: Event) => TeleflowCancellation;
  readonly trigger?: undefined;
  readonly broadcast?: undefined;
  readonly to?: undefined;
  readonly payload?: undefined;
  readonly overrides?: undefined;
  readonly actor?: undefined;
  readonly tenant?: undefined;
  readonly transactionId?: undefined;
}

export type TeleflowCancellation =
  | { readonly event: string; readonly transactionId?: undefined }
  | { readonly transactionId: string; readonly event?: undefined };
