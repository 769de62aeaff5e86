import type { Webhook } from "../webhook.ts";

/** The webhooks, as the sink looks them up: the endpoints of the options and the registered ones. Other processes' changes show within a second. */
export interface Registry {
  /** Reads the registered webhooks, in pieces. Called once, at start. */
  load(): Promise<void>;
  /** The webhook of a destination. It looks again in the state before it says that there is none, or that it is disabled. */
  find(destination: string): Promise<Webhook | undefined>;
  /**
   * Of a destination that `find` did not find: whether its webhook was removed, so that what is still owed is not wanted any more. False: what
   * is owed is to be held, for the endpoint is no longer in the options or the record cannot be read.
   */
  wasRemoved(destination: string): boolean;
  /** Of what is in memory: for `Sink.policy`. */
  peek(destination: string): Webhook | undefined;
  /** Every webhook that may be owed an event of the account: its own and those for every account; not those disabled with "discard". */
  ofAccount(accountId: string | undefined): Promise<readonly Webhook[]>;
  /**
   * Marks a webhook as disabled, and discards what is pending where the sink's `whenDisabled` says so. The caller then ends its attempt with
   * the outcome `disable`, which parks the lane. Nothing happens to an endpoint of the options: the outcome is all.
   */
  markDisabled(destination: string, reason: string): Promise<void>;
}
