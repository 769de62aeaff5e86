import type { Answer } from "./dialect.ts";

export const KAFKA_V2 = "application/vnd.kafka.v2+json";
export const KAFKA_JSON_V2 = "application/vnd.kafka.json.v2+json";

export function jsonAnswer(status: number, contentType: string, value: unknown): Answer {
  return { status, contentType, body: JSON.stringify(value) };
}

/** The type without its parameters. */
export function mediaType(contentType: string): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

/** True if one of the types that an `Accept` names is among these; without the header everything is. */
export function acceptsOneOf(accept: string, types: readonly string[]): boolean {
  return accept === "" || accept.split(",").some((range) => types.includes(mediaType(range)));
}

/** How all describe a topic's partitions. */
export function partitionsOf(count: number): readonly object[] {
  const replicas = [{ broker: 0, leader: true, in_sync: true }];
  return Array.from({ length: count }, (_, partition) => ({ partition, leader: 0, replicas }));
}
