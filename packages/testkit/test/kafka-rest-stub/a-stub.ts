import { onTestFinished } from "vitest";
import {
  kafkaRestStub,
  type KafkaRestDialect,
  type KafkaRestStub,
  type KafkaRestStubOptions,
} from "../../src/index.ts";

export const DIALECTS: readonly KafkaRestDialect[] = ["confluent", "karapace", "strimzi", "redpanda"];

export const JSON_RECORDS = "application/vnd.kafka.json.v2+json";

/** Closed with the test. */
export async function aStub(options: KafkaRestStubOptions = {}): Promise<KafkaRestStub> {
  const stub = await kafkaRestStub(options);
  onTestFinished(() => stub.close());
  return stub;
}

export function records(...values: readonly unknown[]): string {
  return JSON.stringify({ records: values.map((value) => ({ key: "null", value })) });
}

export interface Produced {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
  readonly json: unknown;
}

/** Posts a body to the topic `twake`. */
export async function produce(
  stub: KafkaRestStub,
  body: string,
  { topic = "twake", headers = {} }: { topic?: string; headers?: Record<string, string> } = {},
): Promise<Produced> {
  const response = await fetch(`${stub.url}/topics/${topic}`, {
    method: "POST",
    headers: { "content-type": JSON_RECORDS, accept: "application/vnd.kafka.v2+json", ...headers },
    body,
  });
  return answerOf(response);
}

export async function get(stub: KafkaRestStub, path: string, headers: Record<string, string> = {}): Promise<Produced> {
  return answerOf(await fetch(`${stub.url}${path}`, { headers }));
}

async function answerOf(response: Response): Promise<Produced> {
  const text = await response.text();
  const contentType = response.headers.get("content-type");
  return {
    status: response.status,
    contentType,
    text,
    json: contentType?.includes("json") && text ? JSON.parse(text) : undefined,
  };
}
