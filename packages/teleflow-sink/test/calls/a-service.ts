import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock, type Clock } from "@bus/core";
import { undiciTransport, type HttpTransport } from "@bus/http";
import { onTestFinished } from "vitest";
import { TeleflowClient, type Call, type TeleflowClientOptions } from "../../src/calls/teleflow-client.ts";
import type { WireTrigger } from "../../src/rules/wire-trigger.ts";

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The transaction ids in it, in order. */
  readonly ids: readonly string[];
}

/** `body`: a text goes out as it is, all else as JSON. `reset`, `hang`: no answer. */
export type ServiceAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | "reset"
  | "hang";

export interface Service {
  /** With `/v1`. */
  readonly url: string;
  readonly requests: readonly ServiceRequest[];
  close(): Promise<void>;
}

/** A server on loopback that answers as the test says, closed with it. */
export async function aService(answerTo: (request: ServiceRequest, index: number) => ServiceAnswer): Promise<Service> {
  const requests: ServiceRequest[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts).toString();
      const headers = incoming.headers as ServiceRequest["headers"];
      const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers, body, ids: idsOf(body) };
      requests.push(request);
      const answer = answerTo(request, requests.length - 1);
      if (answer === "hang") return;
      if (answer === "reset") return void incoming.socket.destroy();
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, close };
}

/** Says of each trigger in the request that it is processed. */
export function allProcessed({ path, ids }: ServiceRequest): ServiceAnswer {
  const results = ids.map((transactionId) => ({ acknowledged: true, status: "processed", transactionId }));
  return { status: 201, body: { data: path.endsWith("/bulk") ? results : results[0] } };
}

/** An error answer as Nest writes it. */
export function anError(status: number, message: string | readonly string[], headers = {}): ServiceAnswer {
  return { status, body: { statusCode: status, message, error: "Name of the status" }, headers };
}

export function aTrigger(transactionId: string, payload: object = {}): WireTrigger {
  const json = JSON.stringify({ name: "welcome", to: [{ subscriberId: "ada" }], payload, transactionId });
  return { transactionId, json, bytes: Buffer.byteLength(json) };
}

export const API_KEY = "s3cret-api-key";

interface ClientParts {
  readonly clock: Clock;
  readonly http: HttpTransport;
}

export function aClient(
  url: string,
  { clock = systemClock, http = undiciTransport(), ...options }: Partial<TeleflowClientOptions & ClientParts> = {},
): TeleflowClient {
  onTestFinished(() => http.stop());
  const all = { url, apiKey: API_KEY, environment: "test", headers: {}, deadlineMs: 5_000, ...options };
  return new TeleflowClient(http, all, clock);
}

export function aCall(overrides: Partial<Call> = {}): Call {
  return { signal: new AbortController().signal, withinMs: 10_000, ...overrides };
}

interface Body {
  readonly transactionId?: string;
  readonly events?: readonly { readonly transactionId: string }[];
}

function idsOf(body: string): readonly string[] {
  if (body === "") return [];
  const { events, transactionId } = JSON.parse(body) as Body;
  return events?.map((event) => event.transactionId) ?? [transactionId ?? ""];
}
