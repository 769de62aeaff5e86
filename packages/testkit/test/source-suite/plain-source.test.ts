import { describe, test } from "vitest";
import { sourceSuite } from "../../src/index.ts";
import { plainSubject } from "./plain-source.ts";

describe("a right source of which little is to be expected", () => {
  sourceSuite({ test, ...plainSubject });
});
