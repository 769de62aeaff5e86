import { setImmediate as nextTurn } from "node:timers/promises";
import type { BusEvent, Clock, DeliveryView, PluginDeliveries } from "@bus/core";
import type { Cancellation as CancelTarget } from "../rules/parse-cancellation.ts";
import type { PlannedRule } from "../rules/planned-rule.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import type { SendingLanes } from "./sending-lanes.ts";
import type { UnitNotes } from "./unit-notes.ts";

/** What a rule sends for an event, or what a transaction id alone stands for. */
export interface CancelledUnit {
  readonly transactionIds: readonly string[];
  /** As it was after the notes were written; undefined where the bus has none, or no more. */
  readonly delivery: DeliveryView | undefined;
}

export interface CancelledUnitsParts {
  readonly book: RuleBook;
  readonly lanes: SendingLanes;
  readonly notes: UnitNotes;
  readonly deliveries: PluginDeliveries;
  readonly clock: Clock;
}

/** How many deliveries of a rule are looked through for a transaction id. Those beyond are left to its note. */
const MOST_WAITING = 5_000;
/** Deliveries looked through in one turn of the event loop. */
const AT_ONCE = 100;

/** Finds what a cancellation is about, and sees to it that none of it is sent any more. */
export class CancelledUnits {
  readonly #parts: CancelledUnitsParts;
  readonly #target: CancelTarget;
  readonly #noted = new Set<string>();
  /** By delivery. Kept, because a rule's own function may make another one each time. */
  readonly #idsOf = new Map<string, readonly string[]>();
  /** Events with waiting deliveries of the named transaction. */
  #owners: readonly string[] | undefined;

  constructor(parts: CancelledUnitsParts, target: CancelTarget) {
    this.#parts = parts;
    this.#target = target;
  }

  /**
   * Writes the notes that keep every try which begins from now on from sending, and then looks at the deliveries: one that is not out by then has
   * been tried as often as it ever will be.
   */
  async suppress(): Promise<readonly CancelledUnit[]> {
    const { notes, clock } = this.#parts;
    for (;;) {
      const units = await this.#find();
      const ids = new Set(units.flatMap(({ transactionIds }) => transactionIds));
      const fresh = [...ids].filter((id) => !this.#noted.has(id));
      if (fresh.length === 0) return units;
      await notes.change(fresh.map((transactionId) => ({ transactionId, note: { cancelledAt: clock.now() } })));
      for (const id of fresh) this.#noted.add(id);
    }
  }

  #find(): Promise<readonly CancelledUnit[]> {
    return "event" in this.#target
      ? this.#ofEvent(this.#target.event)
      : this.#ofTransaction(this.#target.transactionId);
  }

  async #ofEvent(eventId: string): Promise<readonly CancelledUnit[]> {
    const { book, deliveries, lanes } = this.#parts;
    const stored = await deliveries.ofEvent(eventId, lanes.ids);
    const units = stored.flatMap((delivery) => this.#unitOf(delivery) ?? []);
    const known = stored[0] && eventOf(stored[0]);
    const destinations = new Set(stored.map(({ destination }) => destination));
    // Retention forgets deliveries one by one: the event may be known of another.
    const forgotten = book.sending.filter(
      (rule) => (known === undefined || rule.on === known.type) && !destinations.has(rule.id),
    );
    for (const rule of forgotten) {
      const transactionIds = known === undefined ? this.#firstId(rule, eventId) : this.#render(rule, known);
      units.push({ transactionIds, delivery: undefined });
    }
    return units;
  }

  async #ofTransaction(transactionId: string): Promise<readonly CancelledUnit[]> {
    const alone = [{ transactionIds: [transactionId], delivery: undefined }];
    if (!this.#noted.has(transactionId)) return alone;
    this.#owners ??= await this.#ownersOf(transactionId);
    const { deliveries, lanes } = this.#parts;
    const stored = await Promise.all(this.#owners.map((eventId) => deliveries.ofEvent(eventId, lanes.ids)));
    const units = stored.flat().flatMap((delivery) => this.#unitOf(delivery) ?? []);
    const owned = units.filter(({ transactionIds }) => transactionIds.includes(transactionId));
    return owned.length > 0 ? owned : alone;
  }

  async #ownersOf(transactionId: string): Promise<readonly string[]> {
    const { deliveries, lanes } = this.#parts;
    const owners = new Set<string>();
    for (const destination of lanes.ids) {
      const waiting = await deliveries.waiting(destination, MOST_WAITING);
      for (const [index, delivery] of waiting.entries()) {
        if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
        if (this.#rendered(delivery)?.includes(transactionId)) owners.add(delivery.event.id);
      }
    }
    return [...owners];
  }

  /** Undefined for what sends nothing. */
  #unitOf(delivery: DeliveryView): CancelledUnit | undefined {
    const transactionIds = this.#idsOf.get(delivery.id) ?? this.#rendered(delivery);
    if (transactionIds === undefined) return undefined;
    this.#idsOf.set(delivery.id, transactionIds);
    return { transactionIds, delivery };
  }

  #rendered(delivery: DeliveryView): readonly string[] | undefined {
    const event = eventOf(delivery);
    const rule = this.#parts.book.ruleOf(event.type, delivery.destination);
    if (rule === undefined) return this.#idsOfGone(delivery);
    return rule.kind === "cancel" ? undefined : this.#render(rule, event);
  }

  /** Of a rule that is no more: what its tries tell, and what it would have made of the event itself. */
  #idsOfGone({ destination, event, history }: DeliveryView): readonly string[] {
    const told = history.flatMap(({ outcome, info }) => (outcome === "delivered" ? (info?.detail ?? []) : []));
    return [...new Set([this.#parts.book.defaultIdOf(destination, event.id, 0), ...told])];
  }

  #render(rule: PlannedRule, event: BusEvent): readonly string[] {
    const rendered = this.#parts.book.render(rule, event);
    // What a rule cannot send now, it may send when it was mended.
    return "fault" in rendered
      ? this.#firstId(rule, event.id)
      : rendered.triggers.map(({ transactionId }) => transactionId);
  }

  #firstId(rule: PlannedRule, eventId: string): readonly string[] {
    const id = this.#parts.book.transactionIdOf(rule, eventId, 0);
    return id === undefined ? [] : [id];
  }
}

/** As the sink gets it. */
function eventOf({ event, mapped }: DeliveryView): BusEvent {
  return { ...event, ...mapped };
}
