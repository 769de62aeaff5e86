import type { BusEvent } from "@bus/core";
import { planRules } from "../../src/rules/plan-rules.ts";
import type { PlannedRule } from "../../src/rules/planned-rule.ts";
import { RuleBook } from "../../src/rules/rule-book.ts";
import type { WireTrigger } from "../../src/rules/wire-trigger.ts";

/** The rules as the options have them. */
export function plannedRules(...rules: readonly object[]): readonly PlannedRule[] {
  const planned = planRules(rules, ["order.shipped", "order.refunded"]);
  if (planned.faults.length > 0) throw new TypeError(JSON.stringify(planned.faults));
  return planned.rules;
}

export function aRuleBook(...rules: readonly object[]): RuleBook {
  return new RuleBook(plannedRules(...rules), "test");
}

/** A rule on "order.shipped", with some of its fields written as they must not be. */
export function aRule(changes: Readonly<Record<string, unknown>> = {}): object {
  return { on: "order.shipped", trigger: "shipped", to: "u1", ...changes };
}

export function anEvent(changes: Partial<BusEvent> = {}): BusEvent {
  const data = { customerId: "u1", n: 1 };
  return { id: "e1", type: "order.shipped", source: "shop", time: "2026-01-01T00:00:00.000Z", data, ...changes };
}

/** What the first rule sends for the event, parsed. */
export function sentBy(rule: object, event: BusEvent = anEvent()): readonly unknown[] {
  return wiresOf(rule, event).map(({ json }) => JSON.parse(json));
}

export function wiresOf(rule: object, event: BusEvent = anEvent()): readonly WireTrigger[] {
  const made = renderedBy(rule, event);
  if ("fault" in made) throw new TypeError(made.fault);
  return made.triggers;
}

export function faultOf(rule: object, event: BusEvent = anEvent()): string {
  const made = renderedBy(rule, event);
  return "fault" in made ? made.fault : "none";
}

function renderedBy(rule: object, event: BusEvent): ReturnType<RuleBook["render"]> {
  const book = aRuleBook(rule);
  const [planned] = book.sending;
  if (!planned) throw new TypeError("It sends nothing.");
  return book.render(planned, event);
}
