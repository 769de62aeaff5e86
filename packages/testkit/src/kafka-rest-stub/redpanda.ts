import { STATUS_CODES } from "node:http";
import type { Answer, Dialect, Placement } from "./dialect.ts";
import { acceptsOneOf, jsonAnswer, KAFKA_JSON_V2, KAFKA_V2, mediaType } from "./json-answer.ts";

/** Errors come as plain JSON, what went well as Kafka's type (rest/proxy.cc). */
const error = (status: number, code = status, message = `HTTP ${status} ${STATUS_CODES[status]}`): Answer =>
  jsonAnswer(status, "application/json", { error_code: code, message });

const parseError = (text: string): Answer => error(422, 422, `parse error at offset ${text.length}`);

/** @see github.com/redpanda-data/redpanda, src/v/pandaproxy/rest/handlers.cc and src/v/kafka/client/client.cc (version 24.3) */
export const redpanda: Dialect = {
  failsByPartition: true,
  error,
  unauthorized: error(401, 40_101, "Unauthorized"),
  tooLarge: { status: 413, contentType: "application/json", body: "" },
  refusedContentType: (contentType) =>
    mediaType(contentType) === KAFKA_JSON_V2 ? undefined : error(415, 415, "unsupported_media_type"),
  accepts: (accept) => acceptsOneOf(accept, [KAFKA_V2, "*/*"]),
  brokenJson: parseError,
  flawedBody: ({ kind }, text) =>
    kind === "no-value" || kind === "no-records" || kind === "empty" ? undefined : parseError(text),
  // It takes the topic to be made by the write, on partition 0, and shows what Kafka says of that.
  unknownTopic: () => jsonAnswer(200, KAFKA_V2, { offsets: [{ partition: 0, error_code: 3, offset: -1 }] }),
  produced: (placements) => jsonAnswer(200, KAFKA_V2, { offsets: byPartition(placements) }),
  topics: (names) => jsonAnswer(200, KAFKA_V2, names),
  // There is no such route.
  topic: () => error(404, 404, "Not found"),
};

/**
 * One entry for all of a partition: the offset of its first record, or Kafka's code, never a text (json/requests/produce.h). The partitions come in
 * the order of a hash map; here in their own, which is that of the records as little.
 */
function byPartition(placements: readonly Placement[]): readonly object[] {
  const entries: object[] = [];
  for (const { partition, offset, fault } of placements)
    entries[partition] ??= fault ? { partition, error_code: fault.error_code, offset: -1 } : { partition, offset };
  return entries.filter(() => true); // A sparse list, without its gaps.
}
