import { describe, test } from "vitest";
import { sourceSuite } from "../../src/index.ts";
import { pollingSubject } from "./polling-source.ts";

describe("a right source that fetches", () => {
  sourceSuite({ test, ...pollingSubject });
});
