import { isPromise } from "node:util/types";
import type { BusEvent, Logger } from "@bus/core";
import { Misfit } from "./misfit.ts";
import { parseCancellation, type Cancellation } from "./parse-cancellation.ts";
import { parseTrigger } from "./parse-trigger.ts";
import { isRuleFunction, type PlannedRule } from "./planned-rule.ts";
import { givenTransactionId, transactionIdOf } from "./transaction-id.ts";
import { wireTriggers, type WireTrigger } from "./wire-trigger.ts";

/** Why a rule cannot be followed, in words for a dead letter: they name rule and field, and show no data. */
export interface Fault {
  readonly fault: string;
}

/** The rules of a sink, by event type. */
export class RuleBook {
  /** Those that send: triggers and broadcasts. */
  readonly sending: readonly PlannedRule[];
  readonly #byType: ReadonlyMap<string, ReadonlyMap<string, PlannedRule>>;
  readonly #environment: string;
  readonly #logger: Logger | undefined;

  constructor(rules: readonly PlannedRule[], environment: string, logger?: Logger) {
    const byType = Map.groupBy(rules, ({ on }) => on);
    this.#byType = new Map(Array.from(byType, ([on, own]) => [on, new Map(own.map((rule) => [rule.id, rule]))]));
    this.sending = rules.filter(({ kind }) => kind !== "cancel");
    this.#environment = environment;
    this.#logger = logger;
  }

  /** Ids of the rules on the type, in the order written. */
  destinationsOf(type: string): readonly string[] {
    return [...(this.#byType.get(type)?.keys() ?? [])];
  }

  ruleOf(type: string, destination: string): PlannedRule | undefined {
    return this.#byType.get(type)?.get(destination);
  }

  /** Whether the rule is for the event. */
  isWanted(rule: PlannedRule, event: BusEvent): boolean | Fault {
    if (rule.fields["where"] === undefined) return true;
    return this.#orFault(rule, event, (made) => Boolean(made("where")));
  }

  /** What a trigger or broadcast rule sends for the event: one trigger per 100 recipients. */
  render(rule: PlannedRule, event: BusEvent): { readonly triggers: readonly WireTrigger[] } | Fault {
    return this.#orFault(rule, event, (made) => {
      const parsed = parseTrigger(
        {
          to: made("to"),
          payload: made("payload"),
          overrides: made("overrides"),
          actor: made("actor"),
          tenant: made("tenant"),
        },
        rule.kind === "trigger",
      );
      const given = made("transactionId");
      const idOf = (chunk: number): string =>
        this.transactionIdOf(rule, event.id, chunk) ?? givenTransactionId(given, chunk);
      return { triggers: wireTriggers(rule.name, parsed, idOf) };
    });
  }

  /** What a cancel rule names. */
  cancellationOf(rule: PlannedRule, event: BusEvent): Cancellation | Fault {
    return this.#orFault(rule, event, (made) => parseCancellation("cancel", made("cancel")));
  }

  /** The id that the rule gives what it sends for an event; undefined where it makes one of the event itself. */
  transactionIdOf(rule: PlannedRule, eventId: string, chunk: number): string | undefined {
    return rule.fields["transactionId"] === undefined ? this.defaultIdOf(rule.id, eventId, chunk) : undefined;
  }

  /** The same, of a rule that need not be there any more. */
  defaultIdOf(ruleId: string, eventId: string, chunk: number): string {
    return transactionIdOf({ environment: this.#environment, eventId, ruleId, chunk });
  }

  #orFault<T>(rule: PlannedRule, event: BusEvent, follow: (made: (field: string) => unknown) => T): T | Fault {
    try {
      return follow((field) => madeOf(field, rule.fields[field], event));
    } catch (error) {
      // What else is thrown comes of the host's objects: of their getters, for one.
      const { message, cause } = error instanceof Misfit ? error : new Misfit("", thrownWords(error), { cause: error });
      const fault = `The rule "${rule.id}" on "${rule.on}" failed: ${message}`;
      // The words of what was thrown may show data, which a reason must not.
      if (cause !== undefined) this.#logger?.error({ err: cause, event: event.id }, `${fault}.`);
      return { fault };
    }
  }
}

/** The value of a field for the event. @throws {Misfit} */
function madeOf(field: string, given: unknown, event: BusEvent): unknown {
  const value = isRuleFunction(given) ? called(field, given, event) : given;
  if (isPromise(value)) value.catch(() => undefined);
  if (isThenable(value)) throw new Misfit(field, "it gave a promise: rules answer at once");
  return value;
}

function called(field: string, make: (event: BusEvent) => unknown, event: BusEvent): unknown {
  try {
    return make(event);
  } catch (cause) {
    throw new Misfit(field, thrownWords(cause), { cause });
  }
}

/** Queries of some database clients are promises that begin with the call of `then`. */
function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** With no more than the kind of error, such as TypeError. */
function thrownWords(error: unknown): string {
  if (!(error instanceof Error)) return "it threw what is no error";
  return `it threw ${/^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "an error"}`;
}
