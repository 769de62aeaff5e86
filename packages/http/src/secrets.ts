/** Shorter ones are in many an innocent word. */
const SHORTEST_HEADER = 4;

/** What must not be kept or shown of an answer that repeats its request, as some proxies do. */
export class Secrets {
  /** The longest first: one may be part of another. */
  readonly #secrets: readonly string[];

  /** The values of `headers` that a host gave for its target are taken for secrets too, unless they are shorter than four letters. */
  constructor(secrets: readonly string[], headers: Readonly<Record<string, string>> = {}) {
    const ofHeaders = Object.values(headers).filter((value) => value.length >= SHORTEST_HEADER);
    const known = [...secrets, ...ofHeaders].filter((secret) => secret !== "");
    this.#secrets = known.toSorted((a, b) => b.length - a.length);
  }

  /** Whole texts only: a cut one may end in half a secret. */
  hide(text: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), text);
  }
}
