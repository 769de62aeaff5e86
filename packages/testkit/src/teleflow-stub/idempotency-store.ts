import { hash } from "node:crypto";
import type { Clock } from "@bus/core";
import { errorAnswer, withHeaders, type Answer } from "./answer.ts";

const KEPT_MS = 24 * 3_600_000;
const IN_PROGRESS_MS = 5 * 60_000;
const MAX_KEY_LENGTH = 255;
const LINK = "https://docs.novu.co/additional-resources/idempotency";

interface Entry {
  readonly bodyHash: string;
  readonly answer: Answer | undefined;
  readonly forgottenAt: number;
}

/** Answers by idempotency key, whatever the path: successes and errors alike, a 500 too. */
export class IdempotencyStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `handle` if the key is new. If that never resolves, the key is in progress for five minutes. */
  async answer(key: string, body: unknown, handle: () => Promise<Answer>): Promise<Answer> {
    if (key.length > MAX_KEY_LENGTH) {
      const words = `has exceeded the maximum allowed length of ${MAX_KEY_LENGTH} characters`;
      return errorAnswer(400, `idempotencyKey "${key}" ${words}`);
    }
    const bodyHash = hash("sha256", JSON.stringify(body ?? {}));
    const found = this.#find(key);
    if (found) return withHeaders(repeated(key, found, bodyHash), { "Idempotency-Key": key });
    this.#keep(key, { bodyHash, answer: undefined }, IN_PROGRESS_MS);
    const answer = await handle();
    this.#keep(key, { bodyHash, answer }, KEPT_MS);
    return withHeaders(answer, { "Idempotency-Key": key });
  }

  clear(): void {
    this.#entries.clear();
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.forgottenAt > this.#clock.now() ? entry : undefined;
  }

  #keep(key: string, entry: Omit<Entry, "forgottenAt">, ms: number): void {
    this.#entries.set(key, { ...entry, forgottenAt: this.#clock.now() + ms });
  }
}

function repeated(key: string, { answer, bodyHash }: Entry, newBodyHash: string): Answer {
  if (answer === undefined) {
    const message = `Request with key "${key}" is currently being processed. Please retry after 1 second`;
    return errorAnswer(409, message, { "Retry-After": "1", Link: LINK });
  }
  if (bodyHash !== newBodyHash) {
    return errorAnswer(422, `Request with key "${key}" is being reused for a different body`, { Link: LINK });
  }
  return withHeaders(answer, { "Idempotency-Replay": "true" });
}
