import { BusError } from "../errors.ts";
import { fixedDeliverySuffix } from "../fixed-delivery-id.ts";
import type { Sink } from "../sink.ts";
import { checkedDestinations } from "./checked-destinations.ts";

/** Where all events of a type go, and what the ids of their deliveries end with. */
export interface FixedDestination {
  readonly destination: string;
  readonly idSuffix: string;
}

/** The fixed destinations of one sink, asked for once per event type. */
export class FixedDestinations {
  readonly #name: string;
  readonly #ask: (type: string) => readonly string[];
  readonly #byType = new Map<string, readonly FixedDestination[]>();

  constructor(name: string, sink: Required<Pick<Sink, "fixedDestinations">>) {
    this.#name = name;
    this.#ask = (type) => sink.fixedDestinations(type);
  }

  /** @throws {BusError} BUS_DESTINATION_INVALID; BUS_PLUGIN_INVALID when the sink throws */
  of(type: string): readonly FixedDestination[] {
    let fixed = this.#byType.get(type);
    if (!fixed) {
      fixed = checkedDestinations(this.#name, this.#asked(type)).map((destination) => ({
        destination,
        idSuffix: fixedDeliverySuffix(this.#name, destination),
      }));
      this.#byType.set(type, fixed);
    }
    return fixed;
  }

  #asked(type: string): readonly string[] {
    try {
      return this.#ask(type);
    } catch (cause) {
      const detail = `failed to name the destinations of "${type}": see the cause`;
      throw new BusError("BUS_PLUGIN_INVALID", [`Sink "${this.#name}"`, detail], { cause });
    }
  }
}
