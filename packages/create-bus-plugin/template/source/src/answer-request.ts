import { timingSafeEqual } from "node:crypto";
import { BusError, type Logger, type Publisher } from "@bus/core";
import { z } from "zod";
import { digestOf, type ParsedOptions } from "./options.ts";
import { readBody } from "./read-body.ts";

/** What a started source has, besides its options. */
export interface Running {
  readonly publisher: Publisher;
  /** Aborted when the bus stops. */
  readonly signal: AbortSignal;
}

/** What my-target posts. By its id, it is known when it comes again. */
const message = z.strictObject({
  id: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  data: z.unknown(),
});

const RETRY_AFTER_S = 5;

/**
 * From request to answer; never rejects. 2xx: the store has the event. 4xx: it will never be taken. 503: nothing is lost if my-target sends it again.
 */
export async function answerRequest(
  request: Request,
  { options, running, logger }: { options: ParsedOptions; running: Running | undefined; logger: Logger },
): Promise<Response> {
  if (request.method !== "POST") return refused(405, "Events are sent by POST.", { allow: "POST" });
  if (!isAuthorized(request, options)) return refused(401, "The token is wrong.", { "www-authenticate": "Bearer" });
  if (!running || running.signal.aborted) return again("The service is not running.");
  const { publisher, signal } = running;

  let text: string | undefined;
  try {
    text = await readBody(request, { maxBytes: options.maxBytes, signal });
  } catch {
    return signal.aborted ? again("The service is stopping.") : refused(400, "The body broke off.");
  }
  if (text === undefined) return refused(413, `The body is larger than ${options.maxBytes} bytes.`);
  const posted = message.safeParse(jsonOf(text));
  if (!posted.success) return refused(400, 'The body must be JSON: {"id": "...", "data": {...}}.');

  const { id, data } = posted.data;
  try {
    // The bus records an id once, so that what comes again is answered and not published again.
    await publisher.publish("my-target.received", data, { id: `my-target:${id}` });
    return new Response(null, { status: 204 });
  } catch (error) {
    // Its data is not what the host declared, or has no JSON form: it never will be.
    if (BusError.is(error, "BUS_EVENT_INVALID") || BusError.is(error, "BUS_EVENT_UNSERIALIZABLE"))
      return refused(422, error.message);
    if (!BusError.is(error, "BUS_NOT_RUNNING") && !BusError.is(error, "BUS_BACKLOG_FULL"))
      logger.error({ err: error }, "An event was put off, and comes again until this is mended.");
    return again("The service cannot take events now.");
  }
}

/** Takes as long for any token as for none. */
function isAuthorized(request: Request, { token }: ParsedOptions): boolean {
  const [, given = ""] = /^bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return timingSafeEqual(digestOf(given), token);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ error }, { status, headers });
}

function again(error: string): Response {
  return refused(503, error, { "retry-after": String(RETRY_AFTER_S) });
}
