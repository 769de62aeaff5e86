import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { kafkaRestStub, type KafkaRestStub, type KafkaRestStubOptions, type StubRequest } from "@bus/testkit";
import { onTestFinished } from "vitest";

/** A Kafka REST proxy on loopback, closed with the test. */
export async function aProxy(options: KafkaRestStubOptions = {}): Promise<KafkaRestStub> {
  const proxy = await kafkaRestStub(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

interface Properties {
  readonly company_id: string;
}

/** The companies of records, by which the tests tell these apart. */
export function companiesOf(records: readonly { readonly value: unknown }[]): readonly string[] {
  return records.map(({ value }) => (value as { readonly properties: Properties }).properties.company_id);
}

/** The same of each request. */
export function companiesByRequest(requests: readonly StubRequest[]): readonly (readonly string[])[] {
  return requests.map(({ records }) => companiesOf(records));
}

/** Of a proxy that is busy: it answers 503 with this Retry-After. */
export async function aBusyUrl(retryAfter: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(503, { "retry-after": retryAfter }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
