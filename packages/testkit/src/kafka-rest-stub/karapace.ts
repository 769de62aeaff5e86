import { STATUS_CODES } from "node:http";
import type { Answer, Dialect } from "./dialect.ts";
import { acceptsOneOf, jsonAnswer, KAFKA_JSON_V2, KAFKA_V2, mediaType, partitionsOf } from "./json-answer.ts";

const JSON_TYPE = "application/json";

/** The types it takes at all; what names no format is binary to it (rapu.py, REST_CONTENT_TYPE_RE). */
const KNOWN_TYPE =
  /application\/(?:vnd\.kafka(?:\.(?<format>avro|json|protobuf|binary|jsonschema))?(?:\.v[12])?\+json|json|octet-stream)/;

const error = (status: number, code = status, message = `HTTP ${status} ${STATUS_CODES[status]}`): Answer =>
  jsonAnswer(status, KAFKA_JSON_V2, { message, error_code: code });

/** @see github.com/Aiven-Open/karapace, src/karapace/kafka_rest_apis/__init__.py and src/karapace/rapu.py (2026) */
export const karapace: Dialect = {
  failsByPartition: false,
  error,
  unauthorized: { status: 401, contentType: JSON_TYPE, body: '{"message": "Unauthorized"}' },
  tooLarge: jsonAnswer(413, JSON_TYPE, { error_code: 413, message: "HTTP Request Entity Too Large" }),
  refusedContentType(contentType) {
    const known = KNOWN_TYPE.exec(mediaType(contentType));
    if (known === null) return error(415);
    const format = known.groups?.["format"] ?? "binary";
    if (format === "json") return undefined;
    // No 415 for application/json: objects are no base64, so the body is at fault.
    return error(422, 42_205, `Request includes data improperly formatted given the format ${format}`);
  },
  accepts: (accept) => acceptsOneOf(accept, [KAFKA_V2, KAFKA_JSON_V2, JSON_TYPE, "application/*", "*/*"]),
  brokenJson: (text) => ({
    status: 400,
    contentType: "text/plain; charset=utf-8",
    body: text === "" ? "Missing request JSON body" : "Invalid request JSON body",
  }),
  flawedBody({ kind }) {
    if (kind === "no-value") return undefined;
    if (kind === "not-an-object") return jsonAnswer(400, JSON_TYPE, { error_code: 400, message: "Malformed request" });
    if (kind === "records-not-a-list") return error(400, 400, "'records' must be an array");
    if (kind === "record-not-an-object") return error(400, 400, "Produce record must be an object");
    return error(422, 422, "Invalid request format");
  },
  unknownTopic: (topic) => error(404, 40_401, `Topic ${topic} not found`),
  // 422 as soon as one record failed; the others are stored all the same.
  produced: (placements) =>
    jsonAnswer(placements.some(({ fault }) => fault) ? 422 : 200, KAFKA_JSON_V2, {
      key_schema_id: null,
      offsets: placements.map(({ partition, offset, fault }) =>
        fault ? { error: fault.error, error_code: fault.error_code } : { offset, partition },
      ),
      value_schema_id: null,
    }),
  topics: (names) => jsonAnswer(200, KAFKA_JSON_V2, names),
  topic: (name, partitions) =>
    partitions === undefined
      ? error(404, 40_403, `Topic ${name} not found`)
      : jsonAnswer(200, KAFKA_JSON_V2, { configs: {}, name, partitions: partitionsOf(partitions) }),
};
