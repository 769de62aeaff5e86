import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { systemClock, type Clock } from "@bus/core";
import type { Answer } from "./answer.ts";
import { answerBefore, answerWithin, isWithin } from "./injected-faults.ts";
import { parseBody, triggersOf } from "./parse-request.ts";
import { routeOf } from "./route.ts";
import { TeleflowApi, type RequestInWhole } from "./teleflow-api.ts";
import type { TeleflowFaults, TeleflowRequestFault } from "./teleflow-faults.ts";
import type {
  DroppedTrigger,
  TeleflowNotification,
  TeleflowStub,
  TeleflowStubOptions,
  TeleflowStubRequest,
} from "./teleflow-stub.ts";
import { Timers } from "./timers.ts";
import { Worker } from "./worker.ts";

type Received = { -readonly [name in keyof TeleflowStubRequest]: TeleflowStubRequest[name] };

/** How long the service keeps an idle connection. */
const KEEP_ALIVE_MS = 61_000;

const MAX_REQUEST_BYTES = 20 * 1_024 * 1_024;

/** The service on a loopback port, with the faults between it and its clients. */
export class TeleflowServer implements TeleflowStub {
  faults: TeleflowFaults = {};
  readonly requests: Received[] = [];
  readonly #maxRequestBytes: number;
  readonly #worker: Worker;
  readonly #api: TeleflowApi;
  readonly #latencies: Timers;
  readonly #server = createServer((incoming, response) => void this.#serve(incoming, response));
  #url = "";

  constructor(options: TeleflowStubOptions) {
    const clock: Clock = options.clock ?? systemClock;
    this.#maxRequestBytes = options.maxRequestBytes ?? MAX_REQUEST_BYTES;
    this.#worker = new Worker(options, clock);
    this.#api = new TeleflowApi(options, clock, this.#worker);
    this.#latencies = new Timers(clock);
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  get url(): string {
    return this.#url;
  }

  get notifications(): readonly TeleflowNotification[] {
    return this.#worker.notifications;
  }

  get dropped(): readonly DroppedTrigger[] {
    return this.#worker.dropped;
  }

  notificationsOf(subscriberId: string): readonly TeleflowNotification[] {
    return this.#worker.notificationsOf(subscriberId);
  }

  settled(): Promise<void> {
    return this.#worker.settled();
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  clear(): void {
    this.requests.length = 0;
    this.#worker.clear();
    this.#api.clear();
  }

  async close(): Promise<void> {
    this.#latencies.clear();
    this.#worker.stop();
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(incoming).catch(() => undefined);
    if (bytes === undefined) return; // The client has gone away.
    const { method = "", url: path = "", headers } = incoming;
    const route = routeOf(method, path);
    const { operation } = route;
    const { body, refused } = parseBody(bytes, headers, this.#maxRequestBytes);
    const triggers = triggersOf(operation, body);
    const request: Received = {
      method,
      path,
      operation,
      headers,
      body,
      bytes: bytes.length,
      status: undefined,
      triggers,
    };
    const index = this.requests.push(request) - 1;

    const fault = this.faults.request?.(request, index);
    const answer = await this.#answer({ request, route, refused }, fault);
    if (answer) {
      if (!response.destroyed) request.status = answer.status;
      send(response, answer);
    } else if (fault?.kind === "reset") incoming.socket.resetAndDestroy();
  }

  /** Undefined if there is none to be sent. */
  async #answer(whole: RequestInWhole, fault: TeleflowRequestFault | undefined): Promise<Answer | undefined> {
    if (fault === undefined) return this.#api.answer(whole, this.faults, (operate) => operate());
    if (isWithin(fault)) {
      return this.#api.answer(whole, this.faults, (operate) => answerWithin(fault, operate, this.#wait));
    }
    if ("accepts" in fault && fault.accepts) await this.#api.answer(whole, this.faults, (operate) => operate());
    return answerBefore(fault);
  }

  readonly #wait = (ms: number): Promise<void> =>
    new Promise((resolve) => void this.#latencies.schedule(() => resolve(), ms));
}

function send(response: ServerResponse, { status, headers, contentType, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
