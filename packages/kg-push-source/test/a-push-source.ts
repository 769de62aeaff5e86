import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CLOCK,
  createBus,
  LOGGER,
  memoryStore,
  provide,
  type Bus,
  type BusEvent,
  type BusOptions,
  type SourcePlugin,
  type Store,
} from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { onTestFinished } from "vitest";
import { kgPushEvents, kgPushSource, type KgPushSourceApi, type KgPushSourceOptions } from "../src/index.ts";

export const PATH = "/internal/services/knowledge-graph/v1/push";
export const TOKEN = "the-token";

/** How a push reaches the source. */
export const FACES = ["fetch", "node", "listener"] as const;
type Face = (typeof FACES)[number];

export interface SourceScript extends Partial<KgPushSourceOptions> {
  readonly face?: Face;
  readonly store?: Store;
  readonly clock?: VirtualClock;
  readonly bus?: Pick<BusOptions<typeof kgPushEvents>, "maxBacklog" | "retention" | "sinks" | "onFull">;
  /** The host's, instead of kgPushEvents. */
  readonly events?: object;
}

export interface Push {
  readonly method?: string;
  readonly path?: string;
  /** Beside those of a push that is right; undefined takes one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What is no text or bytes is sent as JSON. */
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: ReturnType<typeof JSON.parse>;
}

interface Logged {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

export interface StartedSource {
  readonly bus: Bus<typeof kgPushEvents, {}, { readonly tags: SourcePlugin<KgPushSourceApi> }>;
  readonly api: KgPushSourceApi;
  readonly clock: VirtualClock;
  readonly published: readonly BusEvent[];
  readonly logged: readonly Logged[];
  push(push?: Push): Promise<Answer>;
}

/** The event of the contract's example, of which `changes` replaces parts of the data. */
export function aTagsEvent(data: object = {}, recipients: unknown = [{ type: "user", id: "a" }]): object {
  return { recipients, event: { type: "user_tags", data: { tags: [{ value: "kafka", weight: 0.8 }], ...data } } };
}

export function aPushOf(...events: readonly unknown[]): Push {
  return { body: { events } };
}

export async function aPushSource(script: SourceScript = {}): Promise<StartedSource> {
  const { face = "fetch", store = memoryStore(), clock = virtualClock(), events, bus: busOptions, ...options } = script;
  const logged: Logged[] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const listen = face === "listener" ? { listen: { port: 0 } } : {};
  const bus: StartedSource["bus"] = createBus({
    name: "chat",
    events: (events ?? kgPushEvents) as typeof kgPushEvents,
    store,
    sources: { tags: kgPushSource({ tokens: TOKEN, ...listen, ...options }) },
    provide: [
      provide(CLOCK, clock),
      provide(LOGGER, { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") }),
    ],
    ...(busOptions as object),
  });
  const published: BusEvent[] = [];
  await bus.start();
  onTestFinished(() => bus.stop());
  bus.on("**", (event) => void published.push(event));
  const api = bus.sources.tags;
  const origin = await originOf(face, api);
  const push = async ({ path = PATH, method = "POST", headers, body = { events: [] } }: Push = {}): Promise<Answer> => {
    const request = new Request(new URL(path, origin), {
      method,
      headers: headersOf(headers),
      ...(method !== "GET" && method !== "HEAD" && { body: bytesOf(body) }),
    });
    const response = await (face === "fetch" ? api.fetch(request) : fetch(request));
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === "" ? undefined : JSON.parse(text),
    };
  };
  return { bus, api, clock, published, logged, push };
}

/** A clock that moves on by 1 ms whenever it is asked, so that nobody has the same time as another. */
export function aTickingClock(): VirtualClock {
  const clock = virtualClock();
  const now = clock.now.bind(clock);
  return Object.assign(clock, {
    now: () => {
      clock.step(1);
      return now();
    },
  });
}

/** A server of the host's that serves nothing but pushes. */
export async function aServer({ node }: Pick<KgPushSourceApi, "node">): Promise<string> {
  const server = createServer((request, response) => node(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function originOf(face: Face, api: KgPushSourceApi): Promise<string> {
  if (face === "node") return aServer(api);
  return face === "listener" ? new URL(api.url ?? "").origin : "http://chat.test";
}

function headersOf(changes: Push["headers"] = {}): Record<string, string> {
  const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json", ...changes };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}
