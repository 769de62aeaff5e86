/** Shorter ones are in many an innocent word. */
const SHORTEST_SECRET_HEADER = 4;

/** What must not be kept or shown of an answer that repeats its request. */
export class Secrets {
  /** The longest first: one may be part of another. */
  readonly #secrets: readonly string[];

  constructor(apiKey: string, headers: Readonly<Record<string, string>>) {
    const ofHeaders = Object.values(headers).filter((value) => value.length >= SHORTEST_SECRET_HEADER);
    this.#secrets = [apiKey, ...ofHeaders].toSorted((a, b) => b.length - a.length);
  }

  hide(words: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), words);
  }
}
