import type { BusEvent, DeliveryView } from "@bus/core";
import type { PlannedRule } from "../rules/planned-rule.ts";
import type { RuleBook } from "../rules/rule-book.ts";

/** The transaction ids of a delivery; undefined where it sends nothing. */
export function idsOfUnit(delivery: DeliveryView, book: RuleBook): readonly string[] | undefined {
  const event = eventOf(delivery);
  const rule = book.ruleOf(event.type, delivery.destination);
  if (rule === undefined) return idsOfGone(delivery, book);
  return rule.kind === "cancel" ? undefined : idsOfRule(rule, event, book);
}

/** Those of what the rule sends for the event. */
export function idsOfRule(rule: PlannedRule, event: BusEvent, book: RuleBook): readonly string[] {
  const rendered = book.render(rule, event);
  // What a rule cannot send now, it may send when it was mended.
  return "fault" in rendered
    ? firstIdOf(rule, event.id, book)
    : rendered.triggers.map(({ transactionId }) => transactionId);
}

/** What is known without the event: nothing, where the rule makes ids of the event itself. */
export function firstIdOf(rule: PlannedRule, eventId: string, book: RuleBook): readonly string[] {
  const id = book.transactionIdOf(rule, eventId, 0);
  return id === undefined ? [] : [id];
}

/** As the sink gets it. */
export function eventOf({ event, mapped }: DeliveryView): BusEvent {
  return { ...event, ...mapped };
}

/** Of a rule that is no more: what its tries tell, and what it would have made of the event itself. */
function idsOfGone({ destination, event, history }: DeliveryView, book: RuleBook): readonly string[] {
  const told = history.flatMap(({ outcome, info }) => (outcome === "delivered" ? (info?.detail ?? []) : []));
  return [...new Set([book.defaultIdOf(destination, event.id, 0), ...told])];
}
