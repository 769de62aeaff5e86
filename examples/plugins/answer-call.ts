import type { Logger, Publisher } from "@bus/core";
import { z } from "zod";
import { isFinal } from "./final-failure.ts";
import { isSigned } from "./payment-signature.ts";
import { readBody } from "./read-body.ts";

interface Context {
  readonly secret: string;
  readonly maxBytes: number;
  /** Undefined before the start. */
  readonly bus: { readonly publisher: Publisher; readonly signal: AbortSignal } | undefined;
  readonly logger: Logger;
}

const payment = z.object({ id: z.string().regex(/^[\w-]{1,64}$/), amount: z.number(), reference: z.string() });

// #region answer
/** 2xx: the store has it. 4xx: it will never be taken. 503: nothing is lost if the provider calls again. */
export async function answerCall(request: Request, { secret, maxBytes, bus, logger }: Context): Promise<Response> {
  if (!bus || bus.signal.aborted) return answered(503);
  let body: Buffer | undefined;
  try {
    body = await readBody(request, { maxBytes, signal: bus.signal });
  } catch {
    return answered(bus.signal.aborted ? 503 : 400);
  }
  if (body === undefined) return answered(413);
  if (!isSigned(body, request.headers.get("x-signature"), secret)) return answered(401);
  const read = payment.safeParse(jsonOf(body));
  if (!read.success) return answered(400);
  const { id, ...data } = read.data;
  try {
    await bus.publisher.publish("payment.received", data, { id: `payment-${id}` });
    return answered(204);
  } catch (error) {
    if (isFinal(error)) return answered(422);
    logger.warn({ err: error }, "A payment was put off: the provider calls again.");
    return answered(503);
  }
}
// #endregion answer

function answered(status: number): Response {
  return new Response(null, { status, ...(status === 503 && { headers: { "retry-after": "5" } }) });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
