/** Shorter ones are in many an innocent word. */
const SHORTEST_OF_HEADER = 4;

/** What must not be kept or shown of an answer that repeats its request, as some proxies do. */
export class Secrets {
  /** The longest first: one may be part of another. */
  readonly #secrets: readonly string[];

  /** Of `headers` that a host gave for its target, the values are taken for secrets too, and what follows a scheme, unless they are shorter than four letters. */
  constructor(secrets: readonly string[], headers: Readonly<Record<string, string>> = {}) {
    const ofHeaders = Object.values(headers)
      .flatMap((value) => [value, value.slice(value.indexOf(" ") + 1)])
      .filter((value) => value.length >= SHORTEST_OF_HEADER);
    const spellings = [...secrets, ...ofHeaders].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
    this.#secrets = [...new Set(spellings)].filter((secret) => secret !== "").toSorted((a, b) => b.length - a.length);
  }

  /** Whole texts only: a cut one may end in half a secret. */
  hide(text: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), text);
  }
}
