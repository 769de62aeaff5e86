import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "./dialect.ts";
import { KAFKA_V2 } from "./json-answer.ts";
import type { KafkaRestFaults, RequestFault } from "./kafka-rest-faults.ts";
import type { KafkaRestStub, KafkaRestStubOptions, StoredRecord, StubRequest } from "./kafka-rest-stub.ts";
import { parseBody } from "./parse-body.ts";
import { StubProxy, type RequestInWhole } from "./stub-proxy.ts";

type Received = { -readonly [name in keyof StubRequest]: StubRequest[name] };

/** The proxy on a loopback port, with the faults between it and its clients. */
export class StubServer implements KafkaRestStub {
  faults: KafkaRestFaults = {};
  readonly requests: Received[] = [];
  readonly #proxy: StubProxy;
  readonly #server = createServer((incoming, response) => void this.#serve(incoming, response));
  readonly #closing = new AbortController();
  #url = "";

  constructor(options: KafkaRestStubOptions) {
    this.#proxy = new StubProxy(options);
    // This side never closes an idle connection: a request just sent on it would fail for no fault of the test's.
    this.#server.keepAliveTimeout = 0;
  }

  get url(): string {
    return this.#url;
  }

  get stored(): readonly StoredRecord[] {
    return this.#proxy.log.stored;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  clear(): void {
    this.requests.length = 0;
    this.#proxy.log.clear();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#closing.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(incoming).catch(() => undefined);
    if (bytes === undefined) return; // The client has gone away.
    const text = bytes.toString();
    const body = parseBody(text);
    const { method = "", url: path = "", headers } = incoming;
    const records = body.isJson ? body.records : [];
    const request: Received = { method, path, headers, records, bytes: bytes.length, status: undefined };
    const index = this.requests.push(request) - 1;

    const fault = this.faults.request?.(request, index);
    if (fault?.kind === "hang") return;
    if (fault?.kind === "delay" && !(await this.#waited(fault.ms))) return;
    const answer = this.#answer({ request, index, text, body }, fault);
    const { status, contentType } = answer;
    const content = Buffer.from(answer.body);
    if (fault?.kind === "reset" && fault.afterBytes === undefined) {
      incoming.socket.resetAndDestroy();
      return;
    }
    response.writeHead(status, { "content-type": contentType, "content-length": content.length });
    if (fault?.kind === "reset") {
      response.write(content.subarray(0, fault.afterBytes));
      incoming.socket.destroySoon();
      return;
    }
    request.status = status;
    response.end(content);
  }

  #answer(whole: RequestInWhole, fault: RequestFault | undefined): Answer {
    const { dialect } = this.#proxy;
    if (fault?.kind === "status") return dialect.error(fault.status, fault.error_code, fault.message);
    const stores =
      fault === undefined || ["delay", "entries"].includes(fault.kind) || ("stores" in fault && fault.stores);
    const answer = stores ? this.#proxy.answer(whole, this.faults) : dialect.error(500);
    if (fault?.kind === "entries") return { ...answer, body: withEntries(answer.body, fault.count) };
    if (fault?.kind !== "body") return answer;
    return { status: fault.status, contentType: fault.contentType ?? KAFKA_V2, body: fault.body };
  }

  /** False if the stub was closed meanwhile. */
  #waited(ms: number): Promise<boolean> {
    return delay(ms, true, { signal: this.#closing.signal }).catch(() => false);
  }
}

/** Entries are left out at the end, or come again from the first on. An answer without any stays as it is. */
function withEntries(body: string, count: number): string {
  const answer = JSON.parse(body) as { readonly offsets?: readonly unknown[] };
  const { offsets = [] } = answer;
  if (offsets.length === 0) return body;
  return JSON.stringify({ ...answer, offsets: Array.from({ length: count }, (_, at) => offsets[at % offsets.length]) });
}
