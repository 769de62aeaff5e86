import { BusError } from "@bus/core";
import type { AnyObject } from "./any-object.ts";
import { Misfit } from "./misfit.ts";
import { parseTrigger, type GivenTrigger } from "./parse-trigger.ts";
import type { TeleflowSubscriber, TeleflowTenant, TeleflowTo } from "./recipient.ts";
import { givenTransactionId, randomTransactionId } from "./transaction-id.ts";
import { wireTriggers, type WireTrigger } from "./wire-trigger.ts";

/** What `bus.sinks.<name>.broadcast` sends. */
export interface TeleflowBroadcast {
  /** The identifier of the workflow. */
  readonly name: string;
  /** What the templates of the workflow are filled with. @default {} */
  readonly payload?: AnyObject | undefined;
  /** Settings for the providers. @default none */
  readonly overrides?: AnyObject | undefined;
  /** Who did it: a subscriber. @default nobody */
  readonly actor?: string | TeleflowSubscriber | undefined;
  /** @default none */
  readonly tenant?: string | TeleflowTenant | undefined;
  /**
   * The service drops another one of the same id. Beyond 100 recipients what follows gets "_1", "_2" and so on behind it.
   *
   * @default a random one
   */
  readonly transactionId?: string | undefined;
}

/** What `bus.sinks.<name>.trigger` sends. */
export interface TeleflowTrigger extends TeleflowBroadcast {
  readonly to: TeleflowTo;
}

const BROADCAST_FIELDS = ["name", "payload", "overrides", "actor", "tenant", "transactionId"];
const TRIGGER_FIELDS = ["to", ...BROADCAST_FIELDS];

/**
 * The triggers of a call: one per 100 recipients.
 *
 * @param call for the error: "trigger()", "triggerBulk()[3]"
 * @throws {BusError} BUS_OPTION_INVALID
 */
export function directTriggers(call: string, trigger: TeleflowTrigger, random: () => number): readonly WireTrigger[] {
  return rendered(call, trigger, TRIGGER_FIELDS, random);
}

/** @throws {BusError} BUS_OPTION_INVALID */
export function directBroadcast(call: string, broadcast: TeleflowBroadcast, random: () => number): WireTrigger {
  const [wire] = rendered(call, broadcast, BROADCAST_FIELDS, random);
  if (!wire) throw new TypeError("A broadcast was rendered as nothing.");
  return wire;
}

function rendered(
  call: string,
  given: GivenTrigger & Pick<TeleflowBroadcast, "name" | "transactionId">,
  fields: readonly string[],
  random: () => number,
): readonly WireTrigger[] {
  try {
    if (typeof given !== "object" || given === null) throw new Misfit("", "expected an object");
    const unknown = Object.keys(given).find((field) => !fields.includes(field));
    if (unknown !== undefined) throw new Misfit("", `it has no field "${unknown}"`);
    const { name, transactionId = randomTransactionId(random) } = given;
    if (typeof name !== "string" || name.trim() === "")
      throw new Misfit("name", "expected the identifier of a workflow");
    const parsed = parseTrigger(given, fields.includes("to"));
    return wireTriggers(name, parsed, (chunk) => givenTransactionId(transactionId, chunk));
  } catch (error) {
    throw error instanceof Misfit ? new BusError("BUS_OPTION_INVALID", [call, error.message]) : error;
  }
}
