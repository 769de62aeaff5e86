import type { Cancellation } from "./rules/parse-cancellation.ts";
import type { TeleflowBroadcast, TeleflowTrigger } from "./rules/direct-trigger.ts";

/** What the service says of a trigger. */
export type TeleflowStatus =
  | "processed"
  | "trigger_not_active"
  | "no_workflow_steps_defined"
  | "no_workflow_active_steps_defined"
  | "no_tenant_found"
  | "subscriber_id_missing"
  | "invalid_recipients"
  | "error";

/** What came of a trigger or broadcast that was sent by hand. */
export interface TeleflowResult {
  /** The service's; or `failed`: its request was not taken; or `unknown`: no answer says whether it was. Of several requests, the worst. */
  readonly status: TeleflowStatus | "failed" | "unknown";
  /** One per 100 recipients, in their order. */
  readonly transactionIds: readonly string[];
  /** Why it was not processed. */
  readonly error?: readonly string[];
}

export interface TeleflowCallOptions {
  /** Ends the wait. What is on its way by then may arrive all the same. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls by hand, as `bus.sinks.<name>`, from the start of the bus until its stop. They are tried once and nothing of them is kept: what must arrive
 * is published. They share the rate limit with the rules, and wait, within the time of a delivery, for it and for a trigger of the same id that is on its way.
 *
 * All reject with BUS_NOT_RUNNING once the bus has stopped, with the reason of `signal` when that aborts, and with BUS_OPTION_INVALID, before
 * anything is sent, for what is not as its type says.
 */
export interface TeleflowCalls {
  /**
   * Triggers a workflow. Any status that the service gives is a result and no error.
   *
   * @throws {BusError} BUS_TELEFLOW_REFUSED for an answer other than 2xx; BUS_HTTP_FAILED for none: the service may have it all the same
   */
  trigger(trigger: TeleflowTrigger, options?: TeleflowCallOptions): Promise<TeleflowResult>;
  /**
   * Any number of triggers, in as few requests as possible. One result each, in order.
   *
   * @throws {BusError} as `trigger` does, when no request of it was answered with a 2xx. Else the results of those that failed say so.
   */
  triggerBulk(triggers: readonly TeleflowTrigger[], options?: TeleflowCallOptions): Promise<readonly TeleflowResult[]>;
  /** Triggers a workflow for every subscriber. @throws {BusError} as `trigger` does */
  broadcast(broadcast: TeleflowBroadcast, options?: TeleflowCallOptions): Promise<TeleflowResult>;
  /**
   * Cancels what was triggered under a transaction id, or all that the rules send for an event. An id is that of 100 recipients at most, an event's
   * are all found while the bus has it; of one that it has not, only those that the sink makes itself. What the bus still holds is removed there. What the
   * service does not know yet is asked for again until `cancelGraceMs` is over: that is how long "nothing to cancel" takes. From now on nothing of it
   * is sent, whatever comes of the call.
   *
   * @throws {BusError} BUS_TELEFLOW_REFUSED, BUS_HTTP_FAILED
   */
  cancel(what: string | Cancellation, options?: TeleflowCallOptions): Promise<"cancelled" | "nothing to cancel">;
}
