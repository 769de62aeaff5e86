import {
  CLOCK,
  defineSink,
  delivered,
  disable,
  pause,
  rejected,
  retry,
  type BusEvent,
  type Clock,
  type DeliverContext,
  type Delivery,
  type Outcome,
  type Sink,
} from "@bus/core";
import {
  hostOf,
  HTTP_TRANSPORT,
  outcomeOfAnswer,
  outcomeOfError,
  undiciTransport,
  type HttpAnswer,
  type HttpTransport,
} from "@bus/http";
import { REDACT, type Redact } from "./redact.ts";
import { resultsOf } from "./search-results.ts";
import { searchSinkOptions, type SearchSinkOptions } from "./search-options.ts";

// #region define
/** Puts each event into a search index, as a document. Each tenant has an index of its own. */
export const searchSink = defineSink({
  name: "search",
  options: searchSinkOptions,
  deps: { http: HTTP_TRANSPORT, clock: CLOCK, redact: REDACT },
  // For what no host provides. The bus stops what it had to make.
  defaults: { http: () => undiciTransport(), redact: () => (data) => data },
  policy: ({ deadlineMs }) => ({ timeoutMs: deadlineMs + 5_000 }),
  create: ({ options, deps }) => new SearchSink({ ...options, ...deps }),
});
// #endregion define

interface Parts extends SearchSinkOptions {
  readonly http: HttpTransport;
  readonly clock: Clock;
  readonly redact: Redact;
}

const ASK_AGAIN_MS = 60_000;

class SearchSink implements Sink {
  // #region batch
  readonly batch = { maxItems: 20, lingerMs: 20 };

  destinations({ tenant = "main" }: BusEvent): readonly string[] {
    return [tenant];
  }
  // #endregion batch
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  // #region deliver
  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    const { redact } = this.#parts;
    const documents = batch.map(({ id, event }) => ({ id, type: event.type, data: redact(event.data) }));
    // All of a batch go to one destination.
    const path = `/indexes/${encodeURIComponent(batch[0]?.destination ?? "main")}/documents`;
    const body = JSON.stringify({ documents });
    let answer: HttpAnswer;
    try {
      answer = await this.#request("POST", path, { signal, body });
    } catch (error) {
      return batch.map(() => outcomeOfError(error));
    }
    return this.#outcomesOf(answer, batch);
  }
  // #endregion deliver

  // #region outcomes
  #outcomesOf(answer: HttpAnswer, batch: readonly Delivery[]): readonly Outcome[] {
    const { status, body } = answer;
    // No event is at fault, and none can be delivered: the lane waits until the key is right.
    if (status === 401 || status === 403)
      return batch.map(() => pause("The index refuses the key.", { probeAfterMs: ASK_AGAIN_MS }));
    if (status === 404) return batch.map(() => disable("There is no such index."));
    const outcome = outcomeOfAnswer(answer, this.#parts.clock.now());
    if (outcome.kind !== "delivered") return batch.map(() => outcome);
    const results = resultsOf(body, batch.length);
    if (!results) return batch.map(() => retry("The index did not say what became of each document."));
    return results.map((result) => (result === "stored" ? delivered({ status }) : rejected("The index refused it.")));
  }
  // #endregion outcomes

  // #region check
  async check({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { status } = await this.#request("GET", "/health", { signal });
    if (status !== 200) throw new Error(`The index answered ${status}.`);
  }
  // #endregion check

  #request(
    method: "GET" | "POST",
    path: string,
    { signal, body }: { readonly signal: AbortSignal; readonly body?: string },
  ): Promise<HttpAnswer> {
    const { http, url, key, deadlineMs } = this.#parts;
    return http.request({
      method,
      url: url + path,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body !== undefined && { body }),
      deadlineMs,
      signal,
      allow: [hostOf(url)],
    });
  }
}
