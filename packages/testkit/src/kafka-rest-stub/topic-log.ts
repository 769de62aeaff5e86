import type { Placement } from "./dialect.ts";
import type { RecordFault } from "./kafka-rest-faults.ts";
import type { StoredRecord, StubRecord } from "./kafka-rest-stub.ts";

/** What a topic's partitions hold, in the order it was stored. */
export class TopicLog {
  readonly stored: StoredRecord[] = [];
  readonly #partitions: number;
  /** Next offset of each partition, by topic. */
  readonly #offsets = new Map<string, number[]>();
  #keyless = 0;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  get topics(): readonly string[] {
    return [...this.#offsets.keys()];
  }

  /** Stores each record that has no fault; `byPartition`: none of a partition of which one has. */
  append(
    { topic, records, request }: { topic: string; records: readonly StubRecord[]; request: number },
    faultOf: (record: StubRecord) => RecordFault | undefined,
    byPartition: boolean,
  ): readonly Placement[] {
    const placed = records.map((record) => ({ record, partition: this.#partitionOf(record), fault: faultOf(record) }));
    const failed = new Map<number, RecordFault>();
    if (byPartition)
      for (const { partition, fault } of placed)
        if (fault !== undefined && !failed.has(partition)) failed.set(partition, fault);
    return placed.map(({ record, partition, fault: own }) => {
      const fault = own ?? failed.get(partition);
      if (fault !== undefined) return { partition, offset: -1, fault };
      const offset = this.#nextOffset(topic, partition);
      this.stored.push({ topic, partition, offset, key: record.key, value: record.value, request });
      return { partition, offset };
    });
  }

  clear(): void {
    this.stored.length = 0;
    this.#offsets.clear();
  }

  #nextOffset(topic: string, partition: number): number {
    let offsets = this.#offsets.get(topic);
    if (offsets === undefined) this.#offsets.set(topic, (offsets = []));
    const offset = offsets[partition] ?? 0;
    offsets[partition] = offset + 1;
    return offset;
  }

  /** The same key, the same partition, though not the one that Kafka's own hash gives; records without a key take turns. */
  #partitionOf({ key, partition }: StubRecord): number {
    if (typeof partition === "number") return partition;
    if (this.#partitions === 1) return 0;
    if (key === undefined || key === null) return this.#keyless++ % this.#partitions;
    let hash = 0;
    for (const character of JSON.stringify(key)) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
    return hash % this.#partitions;
  }
}
