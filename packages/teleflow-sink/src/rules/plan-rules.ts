import { isRecord } from "../is-record.ts";
import { Misfit } from "./misfit.ts";
import { parseField } from "./parse-trigger.ts";
import { isRuleFunction, type PlannedRule } from "./planned-rule.ts";

/** What is wrong with a rule. */
export interface RuleFault {
  /** From the list on. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const KINDS = ["trigger", "broadcast", "cancel"] as const;
const VALUES = ["payload", "overrides", "actor", "tenant"];
const FIELDS: Readonly<Record<PlannedRule["kind"], ReadonlySet<string>>> = {
  trigger: new Set(["on", "where", "id", "trigger", "to", "transactionId", ...VALUES]),
  broadcast: new Set(["on", "where", "id", "broadcast", "transactionId", ...VALUES]),
  cancel: new Set(["on", "where", "id", "cancel"]),
};

/** Letters that an operator can read and write. */
const NAME = /^(?!\*$)[^\u0000-\u001f\u007f]+$/;

/**
 * Checks all that is there before the first event is.
 *
 * @param given as the host wrote them
 * @param types of the option `events`
 */
export function planRules(
  given: readonly unknown[],
  types: readonly string[],
): { readonly rules: readonly PlannedRule[]; readonly faults: readonly RuleFault[] } {
  const rules: PlannedRule[] = [];
  const faults: RuleFault[] = [];
  const places = new Map<string, number>();
  for (const [index, one] of given.entries()) {
    const rule = isRecord(one) ? plannedRule(one, types) : { path: [], message: "expected an object" };
    if ("message" in rule) {
      faults.push({ ...rule, path: [index, ...rule.path] });
      continue;
    }
    const key = JSON.stringify([rule.on, rule.id]);
    const first = places.get(key);
    if (first === undefined) places.set(key, index);
    else faults.push({ path: [index], message: sameId(rule, first) });
    rules.push(rule);
  }
  return { rules, faults };
}

function plannedRule(given: Readonly<Record<string, unknown>>, types: readonly string[]): PlannedRule | RuleFault {
  const { on, id, ...fields } = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (typeof on !== "string" || !types.includes(on)) return { path: ["on"], message: unknownType(on, types) };
  const kinds = KINDS.filter((kind) => kind in fields);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return { path: [], message: "write one of trigger, broadcast and cancel" };
  const { [kind]: does, ...rest } = fields;
  const fault = faultOf(kind, does, rest);
  if (fault) return fault;
  const name = kind === "cancel" ? "" : String(does);
  const ownId = id ?? `${kind}:${name === "" ? on : name}`;
  if (!isName(ownId)) return { path: ["id"], message: 'expected a name other than "*", without control characters' };
  return { kind, id: ownId, on, name, fields: kind === "cancel" ? fields : rest };
}

function faultOf(
  kind: PlannedRule["kind"],
  does: unknown,
  rest: Readonly<Record<string, unknown>>,
): RuleFault | undefined {
  if (kind === "cancel" && !isRuleFunction(does)) return { path: [kind], message: "expected a function" };
  if (kind !== "cancel" && !isName(does)) return { path: [kind], message: "expected the identifier of a workflow" };
  const unknown = Object.keys(rest).find((field) => !FIELDS[kind].has(field));
  if (unknown !== undefined) return { path: [], message: `a rule with ${kind} has no field "${unknown}"` };
  if (kind === "trigger" && !("to" in rest)) return { path: ["to"], message: "write whom it reaches" };
  if ("where" in rest && !isRuleFunction(rest["where"])) return { path: ["where"], message: "expected a function" };
  if ("transactionId" in rest && !isRuleFunction(rest["transactionId"]))
    return {
      path: ["transactionId"],
      message: "expected a function: one id for all events would be dropped as a duplicate",
    };
  return Object.entries(rest)
    .map(([field, value]) => faultOfValue(field, value))
    .find((fault) => fault !== undefined);
}

function faultOfValue(field: string, value: unknown): RuleFault | undefined {
  if (isRuleFunction(value) || !isGiven(field)) return undefined;
  try {
    parseField[field](value);
    return undefined;
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return { path: [error.place], message: error.detail };
  }
}

function isGiven(field: string): field is keyof typeof parseField {
  return field in parseField;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && NAME.test(value) && value.isWellFormed();
}

function unknownType(on: unknown, types: readonly string[]): string {
  const few = types.length > 0 && types.length <= 10 ? `: it has ${types.map((type) => `"${type}"`).join(", ")}` : "";
  return typeof on === "string" ? `the option events has no type "${on}"${few}` : "expected an event type";
}

function sameId({ on, id }: PlannedRule, first: number): string {
  return `rules[${first}] is called "${id}" on "${on}" too: give one of them an id`;
}
