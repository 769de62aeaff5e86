import {
  BusError,
  rejected,
  retry,
  skipped,
  type BatchBounds,
  type Clock,
  type DeliverContext,
  type Delivery,
  type Logger,
  type Outcome,
  type PluginDeliveries,
  type PluginLanes,
  type PluginState,
  type Sink,
} from "@bus/core";
import type { HttpTransport } from "@bus/http";
import { TeleflowClient } from "../calls/teleflow-client.ts";
import { DirectCalls } from "../direct/direct-calls.ts";
import type { ParsedOptions } from "../options.ts";
import type { PlannedRule } from "../rules/planned-rule.ts";
import { RuleBook } from "../rules/rule-book.ts";
import { TriggerSender, type Sending } from "../sending/trigger-sender.ts";
import type { TeleflowCalls } from "../teleflow-calls.ts";
import { BroadcastDelivery } from "./broadcast-delivery.ts";
import { CancelDelivery } from "./cancel-delivery.ts";
import { Confirmation } from "./confirmation.ts";
import { InFlight } from "./in-flight.ts";
import { SendingLanes } from "./sending-lanes.ts";
import { SignOfLife } from "./sign-of-life.ts";
import { TriggerDelivery, type Unit } from "./trigger-delivery.ts";
import { UnitNotes } from "./unit-notes.ts";

export interface TeleflowDeliveryParts {
  readonly options: ParsedOptions;
  readonly http: HttpTransport;
  readonly state: PluginState;
  readonly deliveries: PluginDeliveries;
  readonly lanes: PluginLanes;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** What one `deliver` may take beyond the deadline of its first request, for those that come of it. */
const SPARE_MS = 25_000;
/** What the engine leaves to say what came of it. */
const GRACE_MS = 5_000;

/** How long the engine gives an attempt whose requests have this deadline. */
export function timeoutMsOf(deadlineMs: number): number {
  return deadlineMs + SPARE_MS + GRACE_MS;
}

/** How often a sign of life is left. */
const UPKEEP_MS = 6 * 3_600_000;

const KINDS = ["trigger", "broadcast", "cancel"] as const;

interface UnitAt extends Unit {
  /** In the batch. */
  readonly index: number;
}

type Deliver = (units: readonly Unit[], sending: Sending) => Promise<readonly Outcome[]>;

/**
 * Does what the rules say of each event. A rule is a destination: its units of work wait in a lane of their own.
 *
 * @see docs/spec/teleflow.md
 */
export class TeleflowDelivery implements Sink<TeleflowCalls> {
  readonly batch: BatchBounds;
  readonly api: TeleflowCalls;
  readonly #options: ParsedOptions;
  readonly #clock: Clock;
  readonly #lanes: PluginLanes;
  readonly #book: RuleBook;
  readonly #client: TeleflowClient;
  readonly #notes: UnitNotes;
  readonly #signOfLife: SignOfLife;
  readonly #logger: Logger;
  #endUpkeep: () => void = () => undefined;
  readonly #sendingLanes: SendingLanes;
  readonly #stopping = new AbortController();
  readonly #byKind: Readonly<Record<PlannedRule["kind"], Deliver>>;

  constructor({ options, http, state, deliveries, lanes, clock, random, logger }: TeleflowDeliveryParts) {
    const { maxTriggers, maxBytes, lingerMs } = options.batch;
    this.batch = { maxItems: maxTriggers, maxBytes, lingerMs };
    this.#options = options;
    this.#clock = clock;
    this.#lanes = lanes;
    this.#book = new RuleBook(options.rules, options.environment, logger);
    this.#client = new TeleflowClient(http, options, clock);
    this.#notes = new UnitNotes(state, clock);
    this.#signOfLife = new SignOfLife(state, clock);
    this.#logger = logger;
    this.#sendingLanes = new SendingLanes(
      state,
      this.#book.sending.map(({ id }) => id),
    );
    const shared = {
      book: this.#book,
      lanes: this.#sendingLanes,
      client: this.#client,
      notes: this.#notes,
      signOfLife: this.#signOfLife,
      inFlight: new InFlight(),
      deliveries,
      sender: new TriggerSender(this.#client, options.batch, clock),
      clock,
      onInactive: options.onInactive,
      graceMs: options.cancelGraceMs,
    };
    const confirmation = options.confirm && new Confirmation(this.#client, options.confirm, clock);
    const triggers = new TriggerDelivery({ ...shared, confirmation });
    const broadcasts = new BroadcastDelivery({ ...shared, broadcastRetry: options.broadcastRetry });
    const cancels = new CancelDelivery(shared);
    const { signal: stopping } = this.#stopping;
    const timeMs = options.deadlineMs + SPARE_MS;
    this.api = new DirectCalls({ ...shared, random, url: options.url, timeMs, stopping });
    this.#byKind = {
      trigger: (units, sending) => triggers.deliver(units, sending),
      broadcast: (units, sending) => broadcasts.deliver(units, sending),
      cancel: (units, sending) => cancels.deliver(units, sending),
    };
  }

  fixedDestinations(type: string): readonly string[] {
    return this.#book.destinationsOf(type);
  }

  async start(): Promise<void> {
    await this.#sendingLanes.load();
    await this.#signOfLife.load();
    await this.#keepUp();
    // Who starts the app anew has mended what the service found fault with.
    for (const id of new Set(this.#options.rules.map((rule) => rule.id))) await this.#lanes.resume(id);
  }

  /** Now, and a few times a day until the stop. Never rejects. */
  async #keepUp(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#endUpkeep = this.#clock.schedule(() => void this.#keepUp(), UPKEEP_MS, false);
    try {
      await this.#signOfLife.leave();
      await this.#notes.prune();
    } catch (error) {
      this.#logUnlessStopped(error, "The notes on triggers cannot be kept up.");
    }
  }

  stop(): void {
    this.#endUpkeep();
    this.#stopping.abort(new BusError("BUS_NOT_RUNNING", ["A call to Teleflow", "stopped"]));
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    const sending = { signal, endsAt: this.#clock.steady() + this.#options.deadlineMs + SPARE_MS };
    const outcomes = Array.from<Outcome>({ length: batch.length });
    // Rules of several event types may share an id, and so a lane.
    const units: Record<PlannedRule["kind"], UnitAt[]> = { trigger: [], broadcast: [], cancel: [] };
    for (const [index, delivery] of batch.entries()) {
      const rule = this.#book.ruleOf(delivery.event.type, delivery.destination);
      const end = rule ? this.#endOf(rule, delivery) : noRule(delivery);
      if (end) outcomes[index] = end;
      else if (rule) units[rule.kind].push({ index, delivery, rule });
    }
    await Promise.all(
      KINDS.map(async (kind) => {
        if (units[kind].length === 0) return;
        const made = await this.#outcomesOf(kind, units[kind], sending);
        for (const [order, { index }] of units[kind].entries()) {
          const outcome = made[order];
          if (outcome) outcomes[index] = outcome;
        }
      }),
    );
    return outcomes;
  }

  /** What fails for one kind is no reason to send those of another again. */
  async #outcomesOf(kind: PlannedRule["kind"], units: readonly Unit[], sending: Sending): Promise<readonly Outcome[]> {
    try {
      return await this.#byKind[kind](units, sending);
    } catch (error) {
      this.#logUnlessStopped(
        error,
        `The ${kind}s of a batch are tried again: what must be known of them cannot be read or kept.`,
      );
      const reason = error instanceof Error ? error.message : String(error);
      // It is not their fault. Counted, it would be taken for a try that may have sent them.
      return units.map(() => retry(reason, { free: true }));
    }
  }

  #logUnlessStopped(err: unknown, message: string): void {
    if (!BusError.is(err, "BUS_NOT_RUNNING")) this.#logger.error({ err }, message);
  }

  /** Undefined where the rule is for the event. */
  #endOf(rule: PlannedRule, { event }: Delivery): Outcome | undefined {
    const isWanted = this.#book.isWanted(rule, event);
    if (typeof isWanted === "object") return rejected(isWanted.fault);
    return isWanted ? undefined : NOT_WANTED;
  }

  /** @throws {BusError} BUS_HTTP_FAILED, or as `HttpTransport.request` does */
  check({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    return this.#client.check(signal);
  }
}

const NOT_WANTED = skipped("The rule is not for this event.");

/** While a new version of the app replaces an old one, the old one gets what only the new one has a rule for. About eight minutes. */
const TRIES_WITHOUT_RULE = 10;

function noRule({ destination, event, attempt }: Delivery): Outcome {
  const reason = `There is no rule "${destination}" for "${event.type}"`;
  return attempt < TRIES_WITHOUT_RULE
    ? retry(`${reason} yet, or no more.`)
    : rejected(`${reason}: bring it back and replay this.`);
}
