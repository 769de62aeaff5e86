import { BusError } from "@bus/core";
import type { TeleflowClient } from "../calls/teleflow-client.ts";
import { CancelRequests } from "../delivery/cancel-requests.ts";
import { Cancellation, type CancellationParts, type CancelRound } from "../delivery/cancellation.ts";
import {
  directBroadcast,
  directTriggers,
  type TeleflowBroadcast,
  type TeleflowTrigger,
} from "../rules/direct-trigger.ts";
import { Misfit } from "../rules/misfit.ts";
import { parseCancellation, type Cancellation as CancelTarget } from "../rules/parse-cancellation.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import type { TeleflowCallOptions, TeleflowCalls, TeleflowResult } from "../teleflow-calls.ts";
import { endedBy, waitFor } from "./call-end.ts";
import { failureOf, failureOfReply, failureOfWait, type CallPlace } from "./call-failure.ts";
import { DirectSender, type DirectTrigger, type DirectSenderParts, type DirectCall } from "./direct-sender.ts";
import type { Said } from "./said.ts";
import { isAnswered, resultOf } from "./teleflow-result.ts";

export interface DirectCallsParts extends CancellationParts, DirectSenderParts {
  readonly client: TeleflowClient;
  readonly random: () => number;
  /** Of the service. */
  readonly url: string;
  /** Aborts when the bus stops. */
  readonly stopping: AbortSignal;
}

/** What hosts do by hand. Every call ends when the bus stops. */
export class DirectCalls implements TeleflowCalls {
  readonly #parts: DirectCallsParts;
  readonly #sender: DirectSender;

  constructor(parts: DirectCallsParts) {
    this.#parts = parts;
    this.#sender = new DirectSender(parts);
  }

  async trigger(trigger: TeleflowTrigger, options?: TeleflowCallOptions): Promise<TeleflowResult> {
    const triggers = this.#triggers("trigger()", trigger);
    const said = await this.#call(options, (signals) =>
      this.#sender.triggers(triggers, { ...signals, isPatient: false }),
    );
    return this.#only("trigger", triggers, said);
  }

  async triggerBulk(
    given: readonly TeleflowTrigger[],
    options?: TeleflowCallOptions,
  ): Promise<readonly TeleflowResult[]> {
    if (!Array.isArray(given))
      throw new BusError("BUS_OPTION_INVALID", ["triggerBulk()", "expected a list of triggers"]);
    const units = given.map((one, index) => this.#triggers(`triggerBulk()[${index}]`, one));
    assertDistinct(units);
    const said = await this.#call(options, (signals) =>
      this.#sender.triggers(units.flat(), { ...signals, isPatient: true }),
    );
    return this.#results("bulk", units, said);
  }

  async broadcast(broadcast: TeleflowBroadcast, options?: TeleflowCallOptions): Promise<TeleflowResult> {
    const wire = directBroadcast("broadcast()", broadcast, this.#parts.random);
    const trigger = { ...wire, isNamed: broadcast.transactionId !== undefined };
    const said = await this.#call(options, (signals) =>
      this.#sender.broadcast(trigger, { ...signals, isPatient: false }),
    );
    return this.#only("broadcast", [trigger], said);
  }

  async cancel(what: string | CancelTarget, options?: TeleflowCallOptions): Promise<"cancelled" | "nothing to cancel"> {
    const cancellation = new Cancellation(this.#parts, targetOf(what));
    return this.#call(options, ({ signal }) => this.#cancel(cancellation, signal));
  }

  #triggers(call: string, trigger: TeleflowTrigger): readonly DirectTrigger[] {
    const triggers = directTriggers(call, trigger, this.#parts.random);
    return triggers.map((wire) => ({ ...wire, isNamed: trigger.transactionId !== undefined }));
  }

  async #cancel(cancellation: Cancellation, signal: AbortSignal): Promise<"cancelled" | "nothing to cancel"> {
    const { client, clock, timeMs } = this.#parts;
    const patientUntil = clock.steady() + timeMs;
    for (;;) {
      await cancellation.suppress();
      const endsAt = clock.steady() + timeMs;
      const round = await cancellation.ask(new CancelRequests(client, clock, { signal, endsAt }));
      signal.throwIfAborted();
      if (round.kind === "ended") return round.result === "nothing to cancel" ? round.result : "cancelled";
      await waitFor(this.#pauseAfter(round, patientUntil - clock.steady()), clock, signal);
    }
  }

  /** How long until the service is asked again. @throws what the call rejects with, where it is not */
  #pauseAfter(round: Exclude<CancelRound, { readonly kind: "ended" }>, patienceMs: number): number {
    if (round.kind === "again") return round.afterMs;
    if (round.kind === "unasked") return 0;
    const limitedMs = limitOf(round);
    const place = this.#placeOf("cancellation");
    if (limitedMs !== undefined && limitedMs <= patienceMs) return limitedMs;
    throw round.kind === "limited" ? failureOfWait(round.afterMs, place) : failureOfReply(round.reply, place);
  }

  #call<T>(
    { signal }: TeleflowCallOptions = {},
    work: (signals: Pick<DirectCall, "signal" | "stopping">) => Promise<T>,
  ): Promise<T> {
    const { stopping } = this.#parts;
    const either = signal ? AbortSignal.any([signal, stopping]) : stopping;
    either.throwIfAborted();
    return endedBy(either, work({ signal: either, stopping }));
  }

  #only(call: CallPlace["call"], triggers: readonly WireTrigger[], said: readonly Said[]): TeleflowResult {
    const [result] = this.#results(call, [triggers], said);
    if (!result) throw new TypeError("A call has no result.");
    return result;
  }

  /** One for each unit, whose triggers follow each other. */
  #results(
    call: CallPlace["call"],
    units: readonly (readonly WireTrigger[])[],
    said: readonly Said[],
  ): readonly TeleflowResult[] {
    // What was not sent for the sake of another says less than that one.
    const failure = said.find(({ kind }) => kind !== "unsent") ?? said[0];
    if (failure && !said.some(isAnswered)) throw failureOf(failure, this.#placeOf(call));
    let start = 0;
    return units.map((triggers) => {
      const own = said.slice(start, (start += triggers.length));
      return resultOf(triggers, own);
    });
  }

  #placeOf(call: CallPlace["call"]): CallPlace {
    return { call, origin: new URL(this.#parts.url).origin };
  }
}

/** How long the service takes no requests; undefined where that is not what is wrong. */
function limitOf(round: Extract<CancelRound, { readonly kind: "limited" | "failed" }>): number | undefined {
  if (round.kind === "limited") return round.afterMs;
  const { reply } = round;
  return reply.kind === "answer" && reply.status === 429 ? reply.afterMs : undefined;
}

function targetOf(what: string | CancelTarget): CancelTarget {
  try {
    return parseCancellation("what", typeof what === "string" ? { transactionId: what } : what);
  } catch (error) {
    throw error instanceof Misfit ? new BusError("BUS_OPTION_INVALID", ["cancel()", error.message]) : error;
  }
}

/** The service would drop the second. @throws {BusError} BUS_OPTION_INVALID */
function assertDistinct(units: readonly (readonly WireTrigger[])[]): void {
  const seen = new Map<string, number>();
  for (const [index, triggers] of units.entries()) {
    for (const { transactionId } of triggers) {
      const other = seen.get(transactionId);
      if (other !== undefined)
        throw new BusError("BUS_OPTION_INVALID", [
          `triggerBulk()[${index}]`,
          `its transactionId is that of [${other}]`,
        ]);
      seen.set(transactionId, index);
    }
  }
}
