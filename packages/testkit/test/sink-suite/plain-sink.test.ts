import { describe, test } from "vitest";
import { sinkSuite } from "../../src/index.ts";
import { plainSubject } from "./plain-sink.ts";

describe("a right sink of one event a request", () => {
  sinkSuite({ test, ...plainSubject() });
});
