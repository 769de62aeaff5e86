import { STATUS_CODES } from "node:http";
import type { Answer, Dialect } from "./dialect.ts";
import { acceptsOneOf, jsonAnswer, KAFKA_JSON_V2, KAFKA_V2, mediaType, partitionsOf } from "./json-answer.ts";

const error = (status: number, code = status, message = `HTTP ${status} ${STATUS_CODES[status]}`): Answer =>
  jsonAnswer(status, KAFKA_V2, { error_code: code, message });

/** Entries whose code says who may not write decide the status (ProduceResponse.getRequestStatus). */
const STATUS_OF_CODE: ReadonlyMap<number, number> = new Map([
  [40_101, 401],
  [40_301, 403],
]);

/** @see github.com/confluentinc/kafka-rest, kafka-rest/src/main/java/io/confluent/kafkarest (version 8) */
export const confluent: Dialect = {
  failsByPartition: false,
  error,
  unauthorized: error(401, 401, "Unauthorized"),
  tooLarge: error(413),
  // JAX-RS matches a type whatever its parameters.
  refusedContentType: (contentType) => (mediaType(contentType) === KAFKA_JSON_V2 ? undefined : error(415)),
  accepts: (accept) => acceptsOneOf(accept, [KAFKA_V2, "application/*", "*/*"]),
  brokenJson: (text) =>
    text === ""
      ? error(422, 422, "Null input provided. Data is required.")
      : error(400, 400, "Unexpected character or end of the input"),
  flawedBody(flaw) {
    if (flaw.kind === "no-value") return undefined;
    if (flaw.kind === "unknown-key") return error(422, 422, `Unrecognized field: ${flaw.key}`);
    if (flaw.kind === "no-records" || flaw.kind === "empty") return error(422, 422, "records must not be empty");
    return error(400, 400, "Cannot deserialize the request");
  },
  // As its reference has it. Version 8 asks Kafka and says 50003 of each record once a minute is over.
  unknownTopic: () => error(404, 40_401, "Topic not found."),
  produced: (placements) =>
    jsonAnswer(
      placements
        .map(({ fault }) => fault && STATUS_OF_CODE.get(fault.error_code))
        .find((status) => status !== undefined) ?? 200,
      KAFKA_V2,
      {
        offsets: placements.map(({ partition, offset, fault }) =>
          fault
            ? { partition: null, offset: null, error_code: fault.error_code, error: fault.error }
            : { partition, offset, error_code: null, error: null },
        ),
        key_schema_id: null,
        value_schema_id: null,
      },
    ),
  topics: (names) => jsonAnswer(200, KAFKA_V2, names),
  topic: (name, partitions) =>
    partitions === undefined
      ? error(404, 40_401, "Topic not found.")
      : jsonAnswer(200, KAFKA_V2, { name, configs: {}, partitions: partitionsOf(partitions) }),
};
