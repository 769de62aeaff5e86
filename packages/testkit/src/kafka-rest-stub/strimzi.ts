import { STATUS_CODES } from "node:http";
import type { Answer, Dialect } from "./dialect.ts";
import { jsonAnswer, KAFKA_JSON_V2, KAFKA_V2, partitionsOf } from "./json-answer.ts";

const error = (status: number, code = status, message = STATUS_CODES[status] ?? ""): Answer =>
  jsonAnswer(status, KAFKA_V2, { error_code: code, message });

/** What the OpenAPI router in front of the bridge refuses. */
const invalid = (what: string, validationErrors?: readonly string[]): Answer =>
  jsonAnswer(400, KAFKA_V2, {
    error_code: 400,
    message: `Validation error on: ${what}`,
    validation_errors: validationErrors,
  });

/** @see github.com/strimzi/strimzi-kafka-bridge, HttpSourceBridgeEndpoint.java and HttpBridge.java (2026) */
export const strimzi: Dialect = {
  failsByPartition: false,
  error,
  unauthorized: error(401),
  tooLarge: { status: 413, contentType: "text/plain", body: "Request Entity Too Large" },
  // 400, not 415; a parameter makes it another type.
  refusedContentType: (contentType) =>
    contentType === KAFKA_JSON_V2 ? undefined : invalid("The format of the request body is not supported"),
  accepts: () => true,
  brokenJson: () => invalid("The request body can't be decoded"),
  flawedBody(flaw) {
    if (flaw.kind === "empty") return undefined;
    if (flaw.kind === "no-records") return error(422, 422, "The record list contains invalid records.");
    const what =
      flaw.kind === "unknown-key"
        ? `Property "${flaw.key}" does not match additional properties schema`
        : 'Property "records" does not match schema';
    return invalid("Schema validation error", [what]);
  },
  // 200 once Kafka's client has waited; each record bears the 404 itself.
  unknownTopic: (topic, records) =>
    jsonAnswer(200, KAFKA_V2, {
      offsets: Array.from({ length: records }, () => ({
        error_code: 404,
        message: `Topic ${topic} not present in metadata after 60000 ms.`,
      })),
    }),
  // The text of an entry is its message, not its error.
  produced: (placements) =>
    jsonAnswer(200, KAFKA_V2, {
      offsets: placements.map(({ partition, offset, fault }) =>
        fault ? { error_code: fault.error_code, message: fault.error } : { partition, offset },
      ),
    }),
  topics: (names) => jsonAnswer(200, KAFKA_V2, names),
  topic: (name, partitions) =>
    partitions === undefined
      ? error(404, 404, "This server does not host this topic-partition.")
      : jsonAnswer(200, KAFKA_V2, { name, configs: {}, partitions: partitionsOf(partitions) }),
};
