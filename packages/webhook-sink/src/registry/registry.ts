import type { Webhook } from "../webhook.ts";

/**
 * What became of a webhook that was to be disabled. "marked": the caller ends its attempt with the outcome `disable`, which parks the lane.
 * "discarded": its lane is disabled and what was pending is discarded, as `whenDisabled` says. "changed": it has another URL by now.
 */
export type Marking = "marked" | "discarded" | "changed";

/** The webhooks, as the sink looks them up: the endpoints of the options and the registered ones. Other processes' changes show within a second. */
export interface Registry {
  /** Reads the registered webhooks, in pieces. Called once, at start. */
  load(): Promise<void>;
  /** The webhook of a destination. It looks again in the state before it says that there is none, or that it is disabled. */
  find(destination: string): Promise<Webhook | undefined>;
  /**
   * Why `find` did not find a destination: its webhook was removed, and what is still owed is not wanted any more or is to stay parked; or
   * there is no telling, since the options do not list it or its record cannot be read, and a newer process may know better.
   */
  absenceOf(destination: string): "removed" | "parked" | "unknown";
  /** Of what is in memory: for `Sink.policy`. */
  peek(destination: string): Webhook | undefined;
  /** Every webhook that may be owed an event of the account: its own and those for every account; not those disabled with "discard". */
  ofAccount(accountId: string | undefined): Promise<readonly Webhook[]>;
  /**
   * Marks a registered webhook as disabled, if the URL is still its own. An endpoint of the options has no mark: for it, the outcome `disable`
   * is all.
   */
  markDisabled(webhook: Pick<Webhook, "destination" | "url">, reason: string): Promise<Marking>;
}
