import { describe, test } from "vitest";
import { sourceSuite } from "../../src/index.ts";
import { injectedOrderSource, orderSubject } from "./order-source.ts";

describe("a right source that is called", () => {
  sourceSuite({ test, ...orderSubject });
});

describe("the same as a class", () => {
  sourceSuite({ test, ...orderSubject, create: ({ secret }, extra) => injectedOrderSource({ secret, ...extra }) });
});
