import { createBus } from "@bus/core";
import { onTestFinished } from "vitest";
import { trinoEvents, webhooksApi, webhookSink, type WebhooksApi, type WebhooksApiOptions } from "../../src/index.ts";
import type { Webhooks } from "../../src/webhooks.ts";
import { aMessage } from "../fixtures.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined for an empty body. */
  readonly json: ReturnType<typeof JSON.parse>;
}

type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

interface TestedApi {
  readonly api: WebhooksApi;
  readonly webhooks: Webhooks;
  /** What `onError` got. */
  readonly errors: readonly unknown[];
  /** Calls `fetch` as somebody who may manage every account. A body that is no text is sent as JSON. */
  readonly call: Call;
  /** An event of account 1. */
  readonly publish: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** The API over the webhooks of a running bus. */
export async function anApi(options: Partial<WebhooksApiOptions> = {}): Promise<TestedApi> {
  const bus = createBus({
    name: "helpdesk",
    events: trinoEvents,
    sinks: { hooks: webhookSink({ allow: ["127.0.0.1"] }) },
  });
  await bus.start();
  onTestFinished(() => bus.stop());
  const { webhooks } = bus.sinks.hooks;
  const errors: unknown[] = [];
  const api = webhooksApi({
    webhooks,
    authorize: (request) => request.headers.get("authorization") === "Bearer admin",
    onError: (error) => errors.push(error),
    ...options,
  });
  const publish = () => bus.publish("message.created", aMessage());
  return { api, webhooks, errors, call: aCall(api), publish, stop: () => bus.stop() };
}

/** What the API tells of a new webhook of account 1. */
export async function aWebhook(
  call: Call,
  webhook: object = { url: "https://a.example.com/hook" },
): Promise<{ readonly id: number; readonly secret: string }> {
  const { json } = await call("POST", "1/webhooks", { webhook });
  return json.payload.webhook;
}

/** The same webhooks, as an object of which a test may replace parts. */
export function callsTo(webhooks: Webhooks): WebhooksApiOptions["webhooks"] {
  return {
    create: (webhook) => webhooks.create(webhook),
    list: (query) => webhooks.list(query),
    get: (id) => webhooks.get(id),
    update: (id, changes) => webhooks.update(id, changes),
    remove: (id) => webhooks.remove(id),
  };
}

function aCall(api: WebhooksApi): Call {
  return async (method, path, body, headers) => {
    const request = new Request(`http://desk.test/api/v1/accounts/${path}`, {
      method,
      headers: { authorization: "Bearer admin", "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await api.fetch(request);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === "" ? undefined : JSON.parse(text),
    };
  };
}
