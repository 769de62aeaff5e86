import { CLOCK, defineSink, type AnySinkPlugin, type Clock, type Delivery, type Outcome, type Sink } from "@bus/core";
import { HTTP_TRANSPORT, outcomeOfAnswer, outcomeOfError, undiciTransport, type HttpTransport } from "@bus/http";
import { z } from "zod";
import { httpTarget, type SinkSuiteOptions } from "../../src/index.ts";

interface PlainOptions {
  readonly url: string;
  readonly secret: string;
}

const plainOptions: z.ZodType<PlainOptions, PlainOptions> = z.strictObject({
  url: z.url(),
  secret: z.string().min(1),
});

const DEADLINE_MS = 10_000;

/** How the plain sink sends one event. */
export type PlainSend = (
  delivery: Delivery,
  parts: {
    readonly options: PlainOptions;
    readonly http: HttpTransport;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
) => Promise<Outcome>;

/** A right sink of the simplest kind: one event a request, whose status says it all. */
export const sendPlainly: PlainSend = async ({ id, event }, { options, http, clock, signal }) => {
  try {
    const answer = await http.request({
      method: "POST",
      url: `${options.url}/notes/${id}`,
      headers: { authorization: `Bearer ${options.secret}`, "content-type": "application/json" },
      body: JSON.stringify(event.data),
      deadlineMs: DEADLINE_MS,
      signal,
    });
    return outcomeOfAnswer(answer, clock.now());
  } catch (error) {
    return outcomeOfError(error);
  }
};

/** What its author would hand to `sinkSuite`; `send` may be a wrong one. */
export function plainSubject(send: PlainSend = sendPlainly): Omit<SinkSuiteOptions, "test"> {
  const plainSink = defineSink({
    name: "plain",
    options: plainOptions,
    deps: { http: HTTP_TRANSPORT, clock: CLOCK },
    defaults: { http: () => undiciTransport({ allow: ["127.0.0.1"] }) },
    create: ({ options, deps }): Sink => ({
      deliver: (batch, { signal }) =>
        Promise.all(batch.map((delivery) => send(delivery, { options, ...deps, signal }))),
    }),
  });
  return {
    create: ({ url, secret }, extra): AnySinkPlugin => plainSink({ url, secret, ...extra }),
    target: httpTarget({
      read: ({ path, body }) => {
        const id = path.split("/notes/")[1];
        return id === undefined ? [] : [{ id, marker: (JSON.parse(body) as { marker: string }).marker }];
      },
    }),
    event: (marker) => ({ type: "note.written", data: { marker } }),
  };
}
