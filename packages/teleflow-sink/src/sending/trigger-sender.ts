import type { Clock } from "@bus/core";
import { BULK_TOKENS } from "../calls/rate-limits.ts";
import type { Reply } from "../calls/reply.ts";
import type { Call, TeleflowClient } from "../calls/teleflow-client.ts";
import { isPoisoned, verdictOfOne, verdictsOfBulk, type Verdict } from "../calls/verdict.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import { namedIndexes } from "./named-indexes.ts";
import { SentCall, type Entry } from "./sent-call.ts";
import { TriggerPacker, type BulkBounds } from "./trigger-packer.ts";

export interface Sendable {
  readonly trigger: WireTrigger;
  /** Another epoch makes another idempotency key. */
  readonly epoch: number;
}

/** How long something may be on its way, and for whom. */
export interface Sending {
  readonly signal: AbortSignal;
  /** By the steady clock: nothing is under way after it. */
  readonly endsAt: number;
}

/** How long a trigger waits for others to go with it. */
const JOIN_MS = 3;

/** With less time than this no request is begun. */
export const LEAST_MS = 1_000;

type Unsent = Extract<Verdict, { readonly kind: "unsent" }>;

const ENDED: Unsent = { kind: "unsent", reason: "The attempt was ended before it was sent.", isFree: true };
const NO_TIME: Unsent = { kind: "unsent", reason: "No time was left to send it.", isFree: true };

/**
 * Sends triggers in as few requests as the bounds and the rate limit allow. What several calls bring at about the same time goes together, and shares
 * its request's fate: the first call that is aborted, or whose time is up, ends it for all.
 *
 * @see docs/spec/teleflow.md#calls
 */
export class TriggerSender {
  readonly #client: TeleflowClient;
  readonly #packer: TriggerPacker;
  readonly #clock: Clock;
  #isJoining = false;

  constructor(client: TeleflowClient, bounds: BulkBounds, clock: Clock) {
    this.#client = client;
    this.#packer = new TriggerPacker(bounds);
    this.#clock = clock;
  }

  /** One verdict each, in order. Never throws. */
  send(triggers: readonly Sendable[], sending: Sending): Promise<readonly Verdict[]> {
    if (triggers.length === 0) return Promise.resolve([]);
    const call = new SentCall(triggers.length, sending);
    const full = triggers.flatMap((sendable, index) => this.#packer.add({ sendable, call, index }));
    if (full.length > 0) void this.#sendPacks(full);
    if (!this.#packer.isEmpty) this.#join();
    return call.settled;
  }

  /** Alone, in one request. Never throws. */
  async broadcast({ trigger, epoch }: Sendable, { signal, endsAt }: Sending): Promise<Verdict> {
    const { limits } = this.#client;
    const now = this.#clock.steady();
    const hindrance = hindranceOf({ signal, endsAt }, now) ?? this.#tooExpensive() ?? limitedFor(limits.waitMs("bulk"));
    if (hindrance) return hindrance;
    const reply = await this.#client.broadcast(trigger, { signal, withinMs: endsAt - now, epochs: [epoch] });
    const verdict = verdictOfOne(reply);
    return (verdict.kind === "limited" && this.#tooExpensive()) || verdict;
  }

  /** Gives what is not full some time to become so. */
  #join(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    this.#clock.schedule(() => {
      this.#isJoining = false;
      if (!this.#packer.isEmpty) void this.#sendPacks([this.#packer.take()]);
    }, JOIN_MS);
  }

  /** One after the other: what one request hears may spare the next. */
  async #sendPacks(packs: readonly Entry[][]): Promise<void> {
    const queue = [...packs];
    for (let pack = queue.shift(); pack !== undefined; pack = queue.shift()) {
      const ready = this.#readyOf(pack);
      if (ready.length > 0) queue.unshift(...(await this.#sendPack(ready)));
    }
  }

  /** What there is still time for, and reason. */
  #readyOf(pack: readonly Entry[]): readonly Entry[] {
    const now = this.#clock.steady();
    return pack.filter(({ call, index }) => {
      const hindrance = call.ended ?? hindranceOf(call.sending, now);
      if (hindrance) call.settle(index, hindrance);
      return hindrance === undefined;
    });
  }

  /** Gives what is to be sent in its place. */
  async #sendPack(pack: readonly Entry[]): Promise<readonly Entry[][]> {
    const { limits } = this.#client;
    const isBulk = pack.length > 1;
    if (isBulk && !limits.canBulk) return inSingles(pack);
    const limited = limitedFor(limits.waitMs(isBulk ? "bulk" : "single"));
    if (limited) return settle(pack, repeated(limited, pack.length));

    const reply = await this.#request(pack);
    if (isBulk && isPoisoned(reply)) return apart(pack, namedIndexes(reply.body, pack.length));
    const verdicts = isBulk ? verdictsOfBulk(reply, pack.length) : [verdictOfOne(reply)];
    // Only now is it known that no bulk ever passes.
    if (isBulk && !limits.canBulk && verdicts[0]?.kind === "limited") return inSingles(pack);
    return settle(pack, verdicts);
  }

  #request(pack: readonly Entry[]): Promise<Reply> {
    const triggers = pack.map(({ sendable }) => sendable.trigger);
    const call = this.#callOf(pack);
    const [only] = triggers;
    return only && triggers.length === 1 ? this.#client.trigger(only, call) : this.#client.bulk(triggers, call);
  }

  #callOf(pack: readonly Entry[]): Call {
    const sendings = [...new Set(pack.map(({ call }) => call.sending))];
    const signals = [...new Set(sendings.map(({ signal }) => signal))];
    const [first] = signals;
    return {
      signal: first && signals.length === 1 ? first : AbortSignal.any(signals),
      withinMs: Math.min(...sendings.map(({ endsAt }) => endsAt)) - this.#clock.steady(),
      epochs: pack.map(({ sendable }) => sendable.epoch),
    };
  }

  #tooExpensive(): Verdict | undefined {
    const { canBulk, burst } = this.#client.limits;
    if (canBulk) return undefined;
    const reason = `A broadcast costs ${BULK_TOKENS} of the rate limit, which allows ${burst} at most: raise it at the service.`;
    return { kind: "impossible", reason };
  }
}

/** What becomes of what is not sent yet, where the next request would hear the same; undefined where it may not. */
export function endAfter(verdict: Verdict): Verdict | undefined {
  if (verdict.kind === "closed") return { kind: "unsent", reason: `It was not sent: ${verdict.reason}`, isFree: true };
  return verdict.kind === "unsent" && !verdict.isFree ? verdict : undefined;
}

/** Why it makes no sense to begin a request; undefined where it does. */
export function hindranceOf({ signal, endsAt }: Sending, now: number): Unsent | undefined {
  if (signal.aborted) return ENDED;
  return endsAt - now < LEAST_MS ? NO_TIME : undefined;
}

function limitedFor(waitMs: number): Verdict | undefined {
  if (waitMs <= 0) return undefined;
  return { kind: "limited", reason: "The rate limit of Teleflow is used up.", afterMs: Math.ceil(waitMs) };
}

function settle(pack: readonly Entry[], verdicts: readonly Verdict[]): readonly Entry[][] {
  for (const [position, { call, index }] of pack.entries()) {
    const verdict = verdicts[position] ?? NO_TIME;
    call.ended ??= endAfter(verdict);
    call.settle(index, verdict);
  }
  return [];
}

/**
 * Those that are named each alone: only its own answer refuses a trigger. The others together. Where none is named, one half after the other.
 */
function apart(pack: readonly Entry[], named: ReadonlySet<number>): readonly Entry[][] {
  if (named.size === 0) {
    const middle = Math.ceil(pack.length / 2);
    return [pack.slice(0, middle), pack.slice(middle)];
  }
  const others = pack.filter((_, position) => !named.has(position));
  const suspects = inSingles(pack.filter((_, position) => named.has(position)));
  return others.length > 0 ? [others, ...suspects] : suspects;
}

function inSingles(pack: readonly Entry[]): readonly Entry[][] {
  return pack.map((entry) => [entry]);
}

function repeated(verdict: Verdict, count: number): readonly Verdict[] {
  return Array.from({ length: count }, () => verdict);
}
