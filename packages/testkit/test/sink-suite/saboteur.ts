import { CLOCK, defineSink, LOGGER, type AnySinkPlugin, type Sink } from "@bus/core";
import { HTTP_TRANSPORT, undiciTransport, type HttpTransport } from "@bus/http";
import type { SinkSuiteOptions } from "../../src/index.ts";
import type { Saboteur } from "../kill-matrix.ts";
import { TENANT, Tracker, trackerOptions, trackerSubject, type TrackerParts } from "./reference-sink.ts";

/** What an author hands to `sinkSuite`, but for the runner. */
export type SinkUnderTest = Omit<SinkSuiteOptions, "test">;

/** A sink that is wrong in one way, to show that the suite notices. */
export interface SinkSaboteur extends Saboteur {
  /** Replaces methods of the right sink. */
  readonly sink?: (sink: Sink, parts: TrackerParts) => Partial<Sink>;
  /** Replaces how the right sink sends. */
  readonly http?: (http: HttpTransport) => HttpTransport;
  /** Replaces the plugin itself. */
  readonly plugin?: (plugin: AnySinkPlugin) => AnySinkPlugin;
  /** Replaces what its author hands to the suite. One with a target of its own is another sink altogether. */
  readonly subject?: Partial<SinkUnderTest>;
}

export function subjectOf({ sink, http, plugin = same, subject }: SinkSaboteur): SinkUnderTest {
  if (subject && isWhole(subject)) return subject;
  const make = (parts: TrackerParts): Sink => {
    const right = new Tracker(parts);
    if (!sink) return right;
    const replaced = sink(right, parts);
    return {
      batch: right.batch,
      deliver: (batch, context) => right.deliver(batch, context),
      check: (context) => right.check(context),
      ...replaced,
    };
  };
  const saboteurSink = defineSink({
    name: "tracker",
    options: trackerOptions,
    deps: { http: HTTP_TRANSPORT, clock: CLOCK, logger: LOGGER, tenant: TENANT },
    defaults: {
      http: () => {
        const right = undiciTransport({ allow: ["127.0.0.1"] });
        return http ? http(right) : right;
      },
    },
    create: ({ options, deps }) => make({ options, ...deps }),
  });
  return {
    ...trackerSubject,
    create: ({ url, secret }, extra) => plugin(saboteurSink({ url, secret, ...extra })),
    ...subject,
  };
}

function isWhole(subject: Partial<SinkUnderTest>): subject is SinkUnderTest {
  return subject.target !== undefined;
}

function same<T>(value: T): T {
  return value;
}
