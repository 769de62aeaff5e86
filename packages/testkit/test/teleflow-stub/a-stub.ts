import { onTestFinished } from "vitest";
import { teleflowStub, type TeleflowStub, type TeleflowStubOptions } from "../../src/index.ts";

/** Closed with the test. */
export async function aStub(options: TeleflowStubOptions = {}): Promise<TeleflowStub> {
  const stub = await teleflowStub(options);
  onTestFinished(() => stub.close());
  return stub;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

interface Asked {
  /** A string goes as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Asks with the right key, `path` being one under `/v1`. */
export async function ask(
  stub: TeleflowStub,
  method: string,
  path: string,
  { body, headers = {} }: Asked = {},
): Promise<Answered> {
  const response = await fetch(`${stub.url}/v1${path}`, {
    method,
    headers: { authorization: "ApiKey test-key", "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
}

export function trigger(stub: TeleflowStub, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  return ask(stub, "POST", "/events/trigger", { body, headers });
}

export function bulk(
  stub: TeleflowStub,
  events: readonly unknown[],
  headers: Record<string, string> = {},
): Promise<Answered> {
  return ask(stub, "POST", "/events/trigger/bulk", { body: { events }, headers });
}

export function broadcast(stub: TeleflowStub, body: unknown): Promise<Answered> {
  return ask(stub, "POST", "/events/trigger/broadcast", { body });
}

export function cancel(stub: TeleflowStub, transactionId: string): Promise<Answered> {
  return ask(stub, "DELETE", `/events/trigger/${encodeURIComponent(transactionId)}`);
}

export function aTrigger(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "order-shipped",
    to: [{ subscriberId: "ann" }],
    payload: { order: 7 },
    transactionId: "t1",
    ...fields,
  };
}

export function processed(transactionId: string): object {
  return { acknowledged: true, status: "processed", transactionId };
}

/** Waits for what no clock tells, such as a request having come in. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
