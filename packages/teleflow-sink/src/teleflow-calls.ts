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
 * is published. They share the rate limit with the rules. What has the transaction id of something that is on its way waits for that to be back.
 *
 * All reject with BUS_NOT_RUNNING once the bus has stopped, with the reason of `signal` when that aborts, and with BUS_OPTION_INVALID, before
 * anything is sent, for what is not as its type says.
 */
export interface TeleflowCalls {
  /**
   * Triggers a workflow. What the service says of the trigger is a result: any status that it gives, and `error` with its words where it finds
   * fault with it (400, 413, 422). It does not wait for the rate limit: used up, that is a 429 at once, which says when to call again.
   *
   * @throws {BusError} BUS_TELEFLOW_REFUSED for any other answer that is no 2xx; BUS_HTTP_FAILED for none: the service may have it all the same
   */
  trigger(trigger: TeleflowTrigger, options?: TeleflowCallOptions): Promise<TeleflowResult>;
  /**
   * Any number of triggers, in as few requests as possible. One result each, in order. It waits for the rate limit: each hundred, one after the other,
   * has `deadlineMs` and 25 s for its waits and requests together. What is left of it then, or would have to wait longer, is `failed`.
   *
   * @throws {BusError} as `trigger` does, when the service looked at none of the triggers. Else the results of those that failed say so.
   */
  triggerBulk(triggers: readonly TeleflowTrigger[], options?: TeleflowCallOptions): Promise<readonly TeleflowResult[]>;
  /**
   * Triggers a workflow for every subscriber. Results, the rate limit and errors are as with `trigger`.
   *
   * @throws {BusError} as `trigger` does, and BUS_TELEFLOW_REFUSED where a broadcast costs more than the rate limit ever allows
   */
  broadcast(broadcast: TeleflowBroadcast, options?: TeleflowCallOptions): Promise<TeleflowResult>;
  /**
   * Cancels what was triggered under a transaction id, or all that the rules send for an event. An id is that of 100 recipients at most, an event's
   * are all found while the bus has it; of one that it has not, only those that the sink makes itself. What the bus still holds is removed there. What the
   * service does not know yet is asked for again until `cancelGraceMs` is over: that is how long "nothing to cancel" takes. It waits for the rate limit
   * for up to `deadlineMs` and 25 s. From now on nothing of it is sent, whatever comes of the call.
   *
   * @throws {BusError} BUS_TELEFLOW_REFUSED, BUS_HTTP_FAILED
   */
  cancel(what: string | Cancellation, options?: TeleflowCallOptions): Promise<"cancelled" | "nothing to cancel">;
}
