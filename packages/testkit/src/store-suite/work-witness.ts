import assert from "node:assert/strict";
import type { LeasedDelivery } from "@bus/core";

/** Sees every delivery that several workers take and end, and fails at the first that should not be given. */
export class WorkWitness {
  readonly #held = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #keysOut = new Set<string>();
  /** The last of each key that ended. */
  readonly #lastOfKey = new Map<string, number>();

  get ended(): number {
    return this.#ended.size;
  }

  /** A worker was given these. The ids of a key are numbers that grow. */
  take(deliveries: readonly LeasedDelivery[]): void {
    for (const { id } of deliveries) {
      assert.ok(!this.#held.has(id), `${id} is held twice at once.`);
      assert.ok(!this.#ended.has(id), `${id} is given again after its end.`);
      this.#held.add(id);
    }
    const keys = new Set(deliveries.map(keyOf).filter((key) => key !== undefined));
    for (const key of keys) {
      assert.ok(!this.#keysOut.has(key), `${key} is out twice at once.`);
      this.#keysOut.add(key);
    }
  }

  /** A worker is about to settle all it was given, these as delivered. */
  giveBack(deliveries: readonly LeasedDelivery[], delivered: readonly LeasedDelivery[]): void {
    for (const delivery of deliveries) {
      this.#held.delete(delivery.id);
      this.#keysOut.delete(keyOf(delivery) ?? "");
    }
    for (const delivery of delivered) {
      this.#ended.add(delivery.id);
      const key = keyOf(delivery);
      if (key === undefined) continue;
      assert.ok(Number(delivery.id) > (this.#lastOfKey.get(key) ?? -1), `${delivery.id} is late for ${key}.`);
      this.#lastOfKey.set(key, Number(delivery.id));
    }
  }
}

export function keyOf({ sink, destination, orderKey }: LeasedDelivery): string | undefined {
  return orderKey === undefined ? undefined : `${sink} ${destination} ${orderKey}`;
}
