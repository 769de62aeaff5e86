import { dialects, type Answer, type Dialect } from "./dialect.ts";
import type { KafkaRestFaults } from "./kafka-rest-faults.ts";
import type { KafkaRestStubOptions, StubRequest } from "./kafka-rest-stub.ts";
import type { ParsedBody } from "./parse-body.ts";
import { TopicLog } from "./topic-log.ts";

export interface RequestInWhole {
  readonly request: StubRequest;
  /** Place in `requests`. */
  readonly index: number;
  readonly text: string;
  readonly body: ParsedBody;
}

/** Answers as the proxy of one dialect does, and stores what it says it stored. */
export class StubProxy {
  readonly dialect: Dialect;
  readonly log: TopicLog;
  readonly #options: KafkaRestStubOptions;

  constructor(options: KafkaRestStubOptions) {
    this.#options = options;
    this.dialect = dialects[options.dialect ?? "confluent"];
    this.log = new TopicLog(options.partitions ?? 1);
  }

  answer(whole: RequestInWhole, faults: KafkaRestFaults): Answer {
    const { method, path, headers } = whole.request;
    const { authorization } = this.#options;
    if (authorization !== undefined && headers.authorization !== authorization) return this.dialect.unauthorized;
    const [, root, topic, ...more] = path.split("?", 1)[0]!.replace(/\/$/, "").split("/");
    if (root !== "topics" || more.length > 0) return this.dialect.error(404);
    if (method !== "GET" && (method !== "POST" || topic === undefined)) return this.dialect.error(405);
    if (!this.dialect.accepts(headers.accept ?? "")) return this.dialect.error(406);
    if (topic === undefined) return this.dialect.topics(this.#options.topics ?? this.log.topics);
    if (method === "POST") return this.#produce(topic, whole, faults);
    return this.dialect.topic(topic, this.#has(topic) ? (this.#options.partitions ?? 1) : undefined);
  }

  #produce(topic: string, { request, index, text, body }: RequestInWhole, faults: KafkaRestFaults): Answer {
    if (request.bytes > (this.#options.maxRequestBytes ?? Infinity)) return this.dialect.tooLarge;
    const refused = this.dialect.refusedContentType(request.headers["content-type"] ?? "");
    if (refused) return refused;
    if (!body.isJson) return this.dialect.brokenJson(text);
    const flawed = body.flaw && this.dialect.flawedBody(body.flaw, text);
    if (flawed) return flawed;
    if (!this.#has(topic)) return this.dialect.unknownTopic(topic, body.records.length);
    const faultOf = faults.record ?? (() => undefined);
    return this.dialect.produced(
      this.log.append(
        { topic, records: body.records, request: index },
        (record) => faultOf(record, request),
        this.dialect.failsByPartition,
      ),
    );
  }

  #has(topic: string): boolean {
    return this.#options.topics?.includes(topic) ?? true;
  }
}
