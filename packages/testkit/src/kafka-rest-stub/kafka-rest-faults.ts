import type { StubRecord, StubRequest } from "./kafka-rest-stub.ts";

/** What Kafka says of one record, which is not stored then. Redpanda stores none of a partition's records and shows the code alone. */
export interface RecordFault {
  readonly error_code: number;
  readonly error: string;
}

export type RequestFault =
  /** Nothing is stored; the error's body is as the dialect writes it. */
  | { readonly kind: "status"; readonly status: number; readonly error_code?: number; readonly message?: string }
  /** Any body, such as a gateway's HTML page. `stores`: what can be stored is stored all the same. */
  | {
      readonly kind: "body";
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly stores?: boolean;
    }
  /** The answer has so many entries, whatever the number of records; these are stored. */
  | { readonly kind: "entries"; readonly count: number }
  /**
   * The connection is reset before anything is stored, or after it if the fault `stores`. With `afterBytes` it ends once that many bytes of the
   * answer's body are out: the answer to what was stored, else a 500.
   */
  | { readonly kind: "reset"; readonly stores?: boolean; readonly afterBytes?: number }
  /** The answer takes so long, in real time. */
  | { readonly kind: "delay"; readonly ms: number }
  /** There is no answer, and the connection stays open until `close()`. */
  | { readonly kind: "hang" };

/** Asked at each request, and at each record that would be stored. Replace them at any time. */
export interface KafkaRestFaults {
  /** Called once a request is in whole; `index` is its place in `requests`. */
  readonly request?: (request: StubRequest, index: number) => RequestFault | undefined;
  readonly record?: (record: StubRecord, request: StubRequest) => RecordFault | undefined;
}
