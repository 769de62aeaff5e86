import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { answerFault } from "./http-faults.ts";
import type { OpenTarget, SinkTarget, TargetFault, TargetItem } from "./sink-target.ts";

export interface HttpTargetOptions {
  /** What a request asks for; nothing for one that only looks, such as a health check. */
  readonly read: (request: HttpTargetRequest) => readonly TargetItem[];
  /** The answer to a request that is served. @default 200 and an empty JSON object */
  readonly accept?: (items: readonly TargetItem[]) => HttpTargetAnswer;
  /**
   * The answer to a request of whose items some are refused for good. @default 422, and nothing takes effect
   */
  readonly refuse?: (
    items: readonly TargetItem[],
    refused: readonly TargetItem[],
  ) => HttpTargetAnswer & {
    /** What takes effect all the same. @default "nothing" */
    readonly takes?: "others" | "nothing";
  };
}

export interface HttpTargetRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpTargetAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is. @default nothing */
  readonly body?: unknown;
}

const ALL_FAULTS: readonly TargetFault["kind"][] = [
  "error",
  "status",
  "slow",
  "reset",
  "cut",
  "hang",
  "drip",
  "huge",
  "garbage",
];

const ACCEPTED: HttpTargetAnswer = { status: 200, body: {} };
const REFUSED: HttpTargetAnswer = { status: 422, body: { error: "refused" } };

/** A target for `sinkSuite` that speaks HTTP on loopback: what requests mean and how they are answered is yours to say, the faults are its own. */
export function httpTarget(options: HttpTargetOptions): SinkTarget {
  const refused = options.refuse ? options.refuse([{ marker: "a" }], [{ marker: "a" }]) : REFUSED;
  return {
    faults: ALL_FAULTS,
    refusal: refused.status < 300 ? "inside" : "outside",
    open: async () => {
      const target = new HttpTarget(options);
      await target.comeUp();
      return target;
    },
  };
}

class HttpTarget implements OpenTarget {
  readonly requests: (readonly TargetItem[])[] = [];
  readonly methods: string[] = [];
  readonly effects: TargetItem[] = [];
  readonly refused = new Set<string>();
  connections = 0;
  underWay = 0;
  fault: OpenTarget["fault"] = () => undefined;
  readonly #options: HttpTargetOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** By connections that have ended. */
  #sentBefore = 0;
  /** Of what the options' functions threw, the first. */
  #failure: { readonly error: unknown } | undefined;

  constructor(options: HttpTargetOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get bytesSent(): number {
    return [...this.#sockets].reduce((sum, socket) => sum + socket.bytesWritten, this.#sentBefore);
  }

  async comeUp(): Promise<void> {
    const server = createServer((request, response) => {
      this.underWay += 1;
      response.once("close", () => (this.underWay -= 1));
      this.#serve(request, response).catch((error: unknown) => {
        this.#failure ??= { error };
        request.socket.destroy();
      });
    });
    // A connection that has ended on its own would look like a fault of the target.
    server.keepAliveTimeout = 0;
    server.on("connection", (socket) => {
      this.connections += 1;
      // What the suite counts as left over is the sink's.
      socket.unref();
      this.#sockets.add(socket);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        this.#sentBefore += socket.bytesWritten;
      });
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    server.unref();
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async goDown(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async close(): Promise<void> {
    await this.goDown();
    if (this.#failure) throw new Error("A function of httpTarget's options threw.", { cause: this.#failure.error });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const { method = "", url: path = "", headers } = request;
    const { read, accept = () => ACCEPTED, refuse = () => REFUSED } = this.#options;
    const items = read({ method, path, headers, body });
    this.requests.push(items);
    this.methods.push(method);
    const fault = this.fault(items);
    const refused = items.filter(({ marker }) => this.refused.has(marker));
    if (!fault && refused.length > 0) {
      const { takes = "nothing", ...answer } = refuse(items, refused) as ReturnType<typeof refuse> & { takes?: string };
      if (takes === "others") this.effects.push(...items.filter((item) => !refused.includes(item)));
      return send(response, answer);
    }
    if (!fault || EFFECTIVE.has(fault.kind)) this.effects.push(...items);
    if (fault?.kind === "slow") await sleep(fault.ms, undefined, { ref: false });
    if (fault && fault.kind !== "slow") answerFault(fault, { headers, body, response, success: accept(items) });
    else send(response, accept(items));
  }
}

/** After which the request has taken effect all the same. */
const EFFECTIVE = new Set<TargetFault["kind"]>(["slow", "cut", "drip", "huge", "garbage"]);

/** Undefined for one that broke off. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers, body }: HttpTargetAnswer): void {
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
