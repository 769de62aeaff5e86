/** Whom a trigger reaches. A text is the id of a subscriber. */
export type TeleflowTo = TeleflowRecipient | readonly TeleflowRecipient[];

export type TeleflowRecipient = string | TeleflowSubscriber | TeleflowTopic;

/** A subscriber: made with these fields where the service does not know the id, else changed to them. */
export interface TeleflowSubscriber {
  readonly type?: undefined;
  readonly subscriberId: string;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly phone?: string | undefined;
  readonly avatar?: string | undefined;
  readonly locale?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** All who subscribed to a topic. */
export interface TeleflowTopic {
  readonly type: "Topic";
  readonly topicKey: string;
}

export interface TeleflowTenant {
  readonly identifier: string;
  readonly name?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}
