import type { BodyFlaw } from "./parse-body.ts";
import { confluent } from "./confluent.ts";
import { karapace } from "./karapace.ts";
import { redpanda } from "./redpanda.ts";
import { strimzi } from "./strimzi.ts";
import type { RecordFault } from "./kafka-rest-faults.ts";

/** Confluent REST Proxy (v2), Karapace, Strimzi Kafka Bridge, Redpanda HTTP Proxy. */
export type KafkaRestDialect = "confluent" | "karapace" | "strimzi" | "redpanda";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What became of one record; a fault says that it was not stored. */
export interface Placement {
  readonly partition: number;
  readonly offset: number;
  readonly fault?: RecordFault;
}

/** How one proxy speaks. */
export interface Dialect {
  /** True if one record that fails takes down all of its partition in this request. */
  readonly failsByPartition: boolean;
  /** An error of the whole request. */
  error(status: number, code?: number, message?: string): Answer;
  readonly unauthorized: Answer;
  readonly tooLarge: Answer;
  /** Undefined if it takes the type as that of JSON records. */
  refusedContentType(contentType: string): Answer | undefined;
  /** True if it can answer in one of the types of this `Accept`. */
  accepts(accept: string): boolean;
  brokenJson(text: string): Answer;
  /** Undefined if it does not mind. */
  flawedBody(flaw: BodyFlaw, text: string): Answer | undefined;
  /** Answers records for a topic that does not exist. */
  unknownTopic(topic: string, records: number): Answer;
  produced(placements: readonly Placement[]): Answer;
  topics(names: readonly string[]): Answer;
  /** Describes a topic; undefined: there is none of that name. */
  topic(name: string, partitions: number | undefined): Answer;
}

export const dialects: Readonly<Record<KafkaRestDialect, Dialect>> = { confluent, karapace, strimzi, redpanda };
