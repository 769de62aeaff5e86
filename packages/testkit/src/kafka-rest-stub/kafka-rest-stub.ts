import type { IncomingHttpHeaders } from "node:http";
import type { KafkaRestDialect } from "./dialect.ts";
import type { KafkaRestFaults } from "./kafka-rest-faults.ts";
import { StubServer } from "./stub-server.ts";

export interface KafkaRestStubOptions {
  /** Whose answers it gives. @default "confluent" */
  readonly dialect?: KafkaRestDialect;
  /** The topics there are. @default every one */
  readonly topics?: readonly string[];
  /** The `Authorization` header that each request must bear, exactly. @default none is asked for */
  readonly authorization?: string;
  /** A larger body is answered 413. @default no limit */
  readonly maxRequestBytes?: number;
  /** Partitions of each topic. @default 1 */
  readonly partitions?: number;
  /** @default a free one */
  readonly port?: number;
}

/** A record as it came. */
export interface StubRecord {
  readonly key?: unknown;
  readonly value: unknown;
  readonly partition?: number;
}

export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  /** Counts from 0 in each partition. */
  readonly offset: number;
  readonly key: unknown;
  readonly value: unknown;
  /** Place of its request in `requests`. */
  readonly request: number;
}

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty if the body is not a list of records. */
  readonly records: readonly StubRecord[];
  /** Length of the body. */
  readonly bytes: number;
  /** As answered; undefined as long as no whole answer was given. */
  readonly status: number | undefined;
}

/** A Kafka REST proxy on loopback, with the Kafka behind it, that fails when told to. */
export interface KafkaRestStub {
  readonly url: string;
  /** All records, in the order in which they were stored. */
  readonly stored: readonly StoredRecord[];
  /** All requests, in the order in which they were in whole. */
  readonly requests: readonly StubRequest[];
  faults: KafkaRestFaults;
  /** Forgets records and requests; offsets start at 0 again. The faults stay. */
  clear(): void;
  /** Ends every connection, those of hanging requests too. */
  close(): Promise<void>;
}

/** Starts a proxy that takes `GET /topics`, `GET /topics/{topic}` and `POST /topics/{topic}` with JSON records (v2). */
export async function kafkaRestStub(options: KafkaRestStubOptions = {}): Promise<KafkaRestStub> {
  const stub = new StubServer(options);
  await stub.listen(options.port ?? 0);
  return stub;
}
