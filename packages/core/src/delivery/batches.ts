import type { BatchBounds } from "../sink.ts";
import type { LeasedDelivery } from "../store/store.ts";

/** Cuts leased deliveries into batches within the bounds, in order. A delivery larger than `maxBytes` goes alone. */
export function batchesOf(
  deliveries: readonly LeasedDelivery[],
  { maxItems, maxBytes = Infinity }: BatchBounds,
): readonly (readonly LeasedDelivery[])[] {
  const batches: LeasedDelivery[][] = [];
  let batch: LeasedDelivery[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const size = maxBytes === Infinity ? 0 : Buffer.byteLength((delivery.mapped ?? delivery.event).data);
    if (batch.length > 0 && (batch.length === maxItems || bytes + size > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(delivery);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
