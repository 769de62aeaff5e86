/** What a proxy's answer says, in whichever dialect. */
export interface ParsedAnswer {
  /** The entries as they came, where there is a list of them. */
  readonly offsets: readonly unknown[] | undefined;
  /** Of the whole request. */
  readonly errorCode: number | undefined;
  /** The proxy's words on the error; of an answer that is no JSON, all of it. */
  readonly words: string;
  readonly isJson: boolean;
}

/** What became of one record, or of all that went to one partition. */
export interface ParsedEntry {
  /** 0: it is stored. */
  readonly code: number;
  readonly words: string;
  readonly partition: unknown;
  readonly offset: unknown;
}

const decoder = new TextDecoder();

/** @see docs/spec/knowledge-graph.md#the-proxys-answers-one-outcome-per-record */
export function parseAnswer(body: Uint8Array): ParsedAnswer {
  const text = decoder.decode(body);
  const json = parseJson(text);
  if (json === undefined) return { offsets: undefined, errorCode: undefined, words: text, isJson: false };
  const { offsets, error_code: code } = isObject(json) ? json : {};
  return {
    // An empty list says nothing.
    offsets: Array.isArray(offsets) && offsets.length > 0 ? offsets : undefined,
    errorCode: typeof code === "number" ? code : undefined,
    words: isObject(json) ? wordsOf(json) : "",
    isJson: true,
  };
}

/** Undefined for what is no entry. */
export function parseEntry(entry: unknown): ParsedEntry | undefined {
  if (!isObject(entry)) return undefined;
  const code = entry["error_code"] ?? 0;
  if (typeof code !== "number") return undefined;
  return { code, words: code === 0 ? "" : wordsOf(entry), partition: entry["partition"], offset: entry["offset"] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Most proxies write `error` of a record and `message` of a request; Strimzi writes `message` of both. */
function wordsOf({ error, message }: Readonly<Record<string, unknown>>): string {
  const words = [error, message].find((text) => typeof text === "string" && text !== "");
  return typeof words === "string" ? words : "";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
