import { BusError, type Logger, type Publisher } from "@bus/core";
import { readBody, tooLarge } from "./http/read-body.ts";
import { RefusedPush, unavailable } from "./http/refused-push.ts";
import { isAuthorized } from "./http/tokens.ts";
import type { PublishOnce } from "./idempotency/publish-once.ts";
import { unitsOf } from "./idempotency/push-units.ts";
import type { ParsedOptions } from "./options.ts";
import { parsePush } from "./parse-push.ts";

/** A request, whoever serves it. */
export interface PushRequest {
  readonly method: string;
  /** Of the URL, as it came. */
  readonly path: string;
  /** By lower-case name; of one that came several times all, with ", " between. */
  header(name: string): string | undefined;
  /** Somebody else has read the body. */
  readonly isBodyGone: boolean;
  /** Called once, when the body is wanted. */
  body(): AsyncIterator<Uint8Array>;
}

export interface PushAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const MAX_KEY_LENGTH = 255;

/**
 * The contract from request to answer.
 *
 * @see docs/spec/knowledge-graph.md#2-inbound-buskg-push-source
 */
export class PushEndpoint {
  readonly #options: ParsedOptions;
  readonly #once: PublishOnce;
  readonly #logger: Logger;
  #bus: { readonly publisher: Publisher; readonly stopping: AbortSignal } | undefined;

  constructor(options: ParsedOptions, once: PublishOnce, logger: Logger) {
    this.#options = options;
    this.#once = once;
    this.#logger = logger;
  }

  /** Pushes are taken from here on until the signal is aborted. */
  open(publisher: Publisher, stopping: AbortSignal): void {
    this.#bus = { publisher, stopping };
  }

  /** Never rejects. */
  async answer(request: PushRequest): Promise<PushAnswer> {
    try {
      await this.#take(request);
      return answerOf(200, { status: "success" });
    } catch (error) {
      if (error instanceof RefusedPush) return refusalOf(error);
      this.#logger.error({ err: error }, "A push failed.");
      return refusalOf(new RefusedPush(500, "Internal error"));
    }
  }

  async #take(request: PushRequest): Promise<void> {
    const { path, tokens, maxBodyBytes } = this.#options;
    if (request.path !== path) throw new RefusedPush(404, "Not found");
    if (request.method !== "POST")
      throw new RefusedPush(405, "Pushes are sent by POST", { headers: { allow: "POST" } });
    if (!isAuthorized(request.header("authorization"), tokens))
      throw new RefusedPush(401, "Authorization must be: Token, a blank and a valid token", {
        headers: { "www-authenticate": "Token" },
      });
    if (!this.#bus || this.#bus.stopping.aborted) throw unavailable("The service is not running", 5);
    const { publisher, stopping } = this.#bus;
    const idempotencyKey = checkHeaders(request, maxBodyBytes);
    if (request.isBodyGone)
      throw new TypeError("The body of a push was read before: mount kgPushSource before body parsers.");
    const events = parsePush(await readBody(request.body(), maxBodyBytes, stopping));
    if (events.length === 0) return;
    try {
      await this.#once.publish(unitsOf(events, idempotencyKey), publisher);
    } catch (error) {
      throw error instanceof RefusedPush ? error : this.#refusalOf(error);
    }
  }

  /** The push is right, but for one that is as deep as it may be and gets deeper by a list: what keeps the bus from taking it is for this side to mend. */
  #refusalOf(cause: unknown): RefusedPush {
    if (BusError.is(cause, "BUS_EVENT_UNSERIALIZABLE"))
      return new RefusedPush(400, "An event is nested too deep", { cause });
    if (BusError.is(cause, "BUS_NOT_RUNNING")) return unavailable("The service is stopping", 5, { cause });
    if (BusError.is(cause, "BUS_BACKLOG_FULL")) {
      this.#logger.warn({ err: cause }, "A push was put off: the backlog is full.");
      return unavailable("The service has too much to do", 10, { cause });
    }
    const mend = BusError.is(cause, "BUS_EVENT_UNKNOWN") ? " Add ...kgPushEvents to the bus's events option." : "";
    this.#logger.error({ err: cause }, `A push was put off, and comes again until this is mended.${mend}`);
    return unavailable("The service cannot take pushes now", 5, { cause });
  }
}

/** The push's Idempotency-Key, if it has one. */
function checkHeaders(request: PushRequest, maxBodyBytes: number): string | undefined {
  if (!JSON_TYPE.test(request.header("content-type") ?? ""))
    throw new RefusedPush(415, "Content-Type must be application/json");
  if ((request.header("content-encoding") ?? "identity").toLowerCase() !== "identity")
    throw new RefusedPush(415, "Content-Encoding must be left out");
  if (Number(request.header("content-length") ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const key = request.header("idempotency-key");
  if (key !== undefined && (key === "" || key.length > MAX_KEY_LENGTH))
    throw new RefusedPush(400, `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters`);
  return key;
}

function refusalOf({ status, code, message, headers }: RefusedPush): PushAnswer {
  return answerOf(status, { status: "error", error: code, message }, headers);
}

function answerOf(status: number, body: object, headers: Readonly<Record<string, string>> = {}): PushAnswer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
