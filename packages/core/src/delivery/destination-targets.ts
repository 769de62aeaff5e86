import { BusError } from "../errors.ts";
import { mergePolicies } from "../plugin-definition.ts";
import type { Sink } from "../sink.ts";
import { resolvePolicy, type ResolvedPolicy } from "./delivery-policy.ts";
import type { LaneTarget } from "./lane-target.ts";
import { SinkTarget } from "./sink-target.ts";

/**
 * The ends of a sink's lanes at its destinations: one for all that have the same policy. What is wrong with a policy is told of once, and
 * the sink's own holds in its place.
 */
export class DestinationTargets {
  /** Where the sink's own policy holds. */
  readonly own: LaneTarget;
  readonly #name: string;
  readonly #sink: Sink;
  readonly #report: (error: BusError) => void;
  readonly #byPolicy = new WeakMap<object, LaneTarget>();
  /** Destinations for which the sink threw when it was last asked. */
  readonly #failing = new Set<string>();

  constructor(options: { name: string; sink: Sink; policy: ResolvedPolicy; report: (error: BusError) => void }) {
    this.own = new SinkTarget(options.sink, options.policy);
    this.#name = options.name;
    this.#sink = options.sink;
    this.#report = options.report;
  }

  /** The same one until the sink gives another policy. */
  of(destination: string): LaneTarget {
    const policy = this.#policyOf(destination);
    if (policy === undefined) return this.own;
    let target = this.#byPolicy.get(policy);
    if (!target) this.#byPolicy.set(policy, (target = this.#targetOf(destination, policy)));
    return target;
  }

  #policyOf(destination: string): object | undefined {
    if (this.#sink.policy === undefined) return undefined;
    try {
      const policy = this.#sink.policy(destination);
      if (policy !== undefined && (typeof policy !== "object" || policy === null))
        throw new TypeError("It gave no object.");
      this.#failing.delete(destination);
      return policy;
    } catch (cause) {
      const detail = `failed to give a policy for "${destination}", where its own holds now: see the cause`;
      if (!this.#failing.has(destination))
        this.#report(new BusError("BUS_PLUGIN_INVALID", [`Sink "${this.#name}"`, detail], { cause }));
      this.#failing.add(destination);
      return undefined;
    }
  }

  #targetOf(destination: string, given: object): LaneTarget {
    const place = `The policy of sink "${this.#name}" for "${destination}"`;
    try {
      if ("ordering" in given)
        throw new BusError("BUS_OPTION_INVALID", [place, "ordering is the same for all destinations of a sink"]);
      return new SinkTarget(this.#sink, resolvePolicy(place, mergePolicies(place, this.own.policy, given)));
    } catch (cause) {
      const unread = (): BusError => new BusError("BUS_OPTION_INVALID", [place, "it cannot be read"], { cause });
      this.#report(BusError.is(cause) ? cause : unread());
      return this.own;
    }
  }
}
