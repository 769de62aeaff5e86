import type { Store } from "@bus/core";
import { declareTests, type TestFunction } from "../suite/declare-tests.ts";
import { runStoreTest } from "./run-store-test.ts";
import type { HostConnection } from "./store-test.ts";
import { storeTests } from "./store-tests.ts";

export interface StoreSuiteOptions {
  readonly test: TestFunction;
  /**
   * A store, not open, on what the directory holds. The suite calls it several times with one directory: for a durable store each is one more
   * connection to the same data.
   */
  readonly create: (directory: string) => Store;
  /**
   * For a store whose data outlives the process: a module that exports the same `create`, which Node can load by itself in another process.
   * Left out: the tests of durability and of several connections are reported as skipped.
   */
  readonly durable?: { readonly module: string | URL };
  /** For a store that can take part in the transactions of the host. Left out: these tests are reported as skipped. */
  readonly transactions?: (directory: string) => HostConnection;
}

/** Declares the tests that every store must pass, by name and one by one; each uses a directory and stores of its own. */
export function storeSuite(options: StoreSuiteOptions): void {
  const tests = storeTests.map((each) => ({
    name: each.name,
    isSkipped: each.needs !== undefined && options[each.needs] === undefined,
    run: () => runStoreTest(each, options),
  }));
  declareTests(options.test, tests);
}
