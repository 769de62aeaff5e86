import { BusError } from "@bus/core";
import { z } from "zod";

/** Thrown where a request is to be refused. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Nothing is to be kept on its way: one answer carries a secret, and the others are one account's alone. */
const NO_STORE = { "cache-control": "no-store" };

export function answer(body: unknown): Response {
  return Response.json(body, { headers: NO_STORE });
}

export function emptyAnswer(): Response {
  return new Response(null, { headers: NO_STORE });
}

export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ message }, { status, headers: { ...NO_STORE, ...headers } });
}

/** The answer to what was thrown, where that is no fault of the host's. */
export function refusalOf(error: unknown): Response | undefined {
  if (error instanceof RefusedRequest) return refusal(error.status, error.message);
  if (BusError.is(error, "BUS_NOT_RUNNING")) return refusal(503, "The service is not running");
  if (BusError.is(error, "BUS_WEBHOOK_UNKNOWN")) return refusal(404, "Webhook not found");
  if (BusError.is(error, "BUS_WEBHOOK_INVALID") && error.cause instanceof z.ZodError) {
    return refusal(422, sentenceOf(error.cause));
  }
  return undefined;
}

/** The contract's messages are whole in themselves: "Url is invalid". */
export function sentenceOf({ issues }: z.ZodError): string {
  return issues.map(({ message }) => message).join(", ");
}
