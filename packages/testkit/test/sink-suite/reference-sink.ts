import {
  CLOCK,
  defineSink,
  delivered,
  inject,
  injectable,
  LOGGER,
  OPTIONS,
  provide,
  rejected,
  retry,
  token,
  type AnySinkPlugin,
  type Clock,
  type Delivery,
  type DeliverContext,
  type Logger,
  type Outcome,
  type Sink,
  type Token,
} from "@bus/core";
import { HTTP_TRANSPORT, outcomeOfAnswer, outcomeOfError, undiciTransport, type HttpTransport } from "@bus/http";
import { z } from "zod";
import { httpTarget, type SinkSuiteOptions, type TargetItem } from "../../src/index.ts";

export interface TrackerOptions {
  readonly url: string;
  readonly secret: string;
}

export const trackerOptions: z.ZodType<TrackerOptions, TrackerOptions> = z.strictObject({
  url: z.url(),
  secret: z.string().min(1),
});

/** Whose items they are: for the host to say. */
export const TENANT: Token<string> = token("tracker:tenant");

/** What the reference sink is made of; a saboteur replaces one of it. */
export interface TrackerParts {
  readonly options: TrackerOptions;
  readonly http: HttpTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tenant: string;
}

const DEADLINE_MS = 10_000;
const MOST_ITEMS = 5;

/** A right sink: it sends up to five events in one request, whose answer says of each what became of it. */
export class Tracker implements Sink {
  readonly batch: { readonly maxItems: number } = { maxItems: MOST_ITEMS };
  readonly #parts: TrackerParts;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    const { options, http, clock, tenant } = this.#parts;
    const items = batch.map((delivery) => ({ id: delivery.id, marker: markerOf(delivery) }));
    try {
      const answer = await http.request({
        method: "POST",
        url: `${options.url}/items`,
        headers: {
          authorization: `Bearer ${options.secret}`,
          "content-type": "application/json",
          "x-tenant": tenant,
        },
        body: JSON.stringify({ items }),
        deadlineMs: DEADLINE_MS,
        signal,
      });
      const { status } = answer;
      const outcome = outcomeOfAnswer(answer, clock.now());
      if (outcome.kind !== "delivered") return batch.map(() => outcome);
      const results = resultsOf(answer.body, batch.length);
      if (!results) return batch.map(() => retry("The answer could not be read.", { info: { status } }));
      return results.map((isTaken) => (isTaken ? delivered({ status }) : rejected("The tracker refused the item.")));
    } catch (error) {
      return batch.map(() => outcomeOfError(error));
    }
  }

  async check({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { options, http } = this.#parts;
    const { status } = await http.request({
      method: "GET",
      url: `${options.url}/health`,
      headers: { authorization: `Bearer ${options.secret}` },
      deadlineMs: DEADLINE_MS,
      signal,
    });
    if (status !== 200) throw new Error(`The tracker answered ${status}.`);
  }
}

export function markerOf({ event }: Delivery): string {
  return (event.data as { marker: string }).marker;
}

function resultsOf(body: Uint8Array, count: number): readonly boolean[] | undefined {
  try {
    const { results } = JSON.parse(new TextDecoder().decode(body)) as { results: unknown };
    if (!Array.isArray(results) || results.length !== count) return undefined;
    return results.map((result) => result === "taken");
  } catch {
    return undefined;
  }
}

const declared = {
  name: "tracker",
  options: trackerOptions,
  deps: { http: HTTP_TRANSPORT, clock: CLOCK, logger: LOGGER, tenant: TENANT },
  defaults: { http: (): HttpTransport => undiciTransport({ allow: ["127.0.0.1"] }) },
} as const;

export const trackerSink: (options: TrackerOptions) => AnySinkPlugin = defineSink({
  ...declared,
  create: ({ options, deps }) => new Tracker({ options, ...deps }),
});

class InjectedTracker extends Tracker {
  constructor(options: TrackerOptions, http: HttpTransport, clock: Clock, logger: Logger, tenant: string) {
    super({ options, http, clock, logger, tenant });
  }
}

// The decorators are applied by hand: Node's own type stripping refuses their syntax.
for (const [index, each] of [OPTIONS, HTTP_TRANSPORT, CLOCK, LOGGER, TENANT].entries())
  inject(each)(InjectedTracker, undefined, index);
injectable()(InjectedTracker);

/** The same in the class form. */
export const injectedTrackerSink: (options: TrackerOptions) => AnySinkPlugin = defineSink({
  ...declared,
  useClass: InjectedTracker,
});

/** What a request of the reference sink asks for. */
export function trackedIn(body: string): readonly TargetItem[] {
  return (JSON.parse(body) as { items: TargetItem[] }).items;
}

/** The far side of the reference sink. */
export const trackerTargetOf = (read: (body: string) => readonly TargetItem[]): SinkSuiteOptions["target"] =>
  httpTarget({
    read: ({ path, body }) => (path === "/items" ? read(body) : []),
    accept: (items) => ({ status: 200, body: { results: items.map(() => "taken") } }),
    refuse: (items, refused) => ({
      status: 200,
      body: { results: items.map((item) => (refused.includes(item) ? "refused" : "taken")) },
      takes: "others",
    }),
  });

/** What its author would hand to `sinkSuite`. */
export const trackerSubject: Omit<SinkSuiteOptions, "test"> = {
  create: ({ url, secret }, extra) => trackerSink({ url, secret, ...extra }),
  target: trackerTargetOf(trackedIn),
  event: (marker) => ({ type: "item.added", data: { marker } }),
  provide: [provide(TENANT, "acme")],
  batch: MOST_ITEMS,
  check: true,
  outcomes: { "204": "retry", cut: "retry", drip: "retry", huge: "retry", garbage: "retry" },
};
