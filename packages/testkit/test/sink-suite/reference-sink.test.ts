import { describe, test } from "vitest";
import { sinkSuite } from "../../src/index.ts";
import { injectedTrackerSink, trackerSubject } from "./reference-sink.ts";

describe("a right sink in the factory form", () => {
  sinkSuite({ test, ...trackerSubject });
});

describe("a right sink in the class form", () => {
  sinkSuite({
    test,
    ...trackerSubject,
    create: ({ url, secret }, extra) => injectedTrackerSink({ url, secret, ...extra }),
  });
});
