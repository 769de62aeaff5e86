import { BusError } from "@bus/core";

/** The code of a BusError, then of its cause, and so on down. */
export function codesOf(error: unknown): readonly string[] {
  if (typeof error !== "object" || error === null || !("code" in error)) return [];
  const own = BusError.is(error) ? [error.code] : [];
  return [...own, ...codesOf((error as { cause?: unknown }).cause)];
}

/** Every message that stands in an error and in what caused it. */
export function messagesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, String(error.stack), messagesOf(error.cause)].join("\n");
}

/** What the promise rejects with; undefined when it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}
