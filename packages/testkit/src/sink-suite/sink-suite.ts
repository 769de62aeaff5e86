import { declareTests, type KnownFailures, type TestFunction } from "../suite/declare-tests.ts";
import { runSinkTest } from "./run-sink-test.ts";
import { declaredOf, type SinkSubject } from "./sink-subject.ts";
import { sinkTests } from "./sink-tests.ts";

export interface SinkSuiteOptions extends SinkSubject {
  readonly test: TestFunction;
  /** Tests that fail for now, by name, with the reason. They run, and fail once they pass. */
  readonly knownFailures?: KnownFailures;
}

/** Declares the tests that every sink must pass, by name and one by one. They run one after the other: some watch the whole process. */
export function sinkSuite({ test, knownFailures, ...subject }: SinkSuiteOptions): void {
  const declared = declaredOf(subject);
  const tests = sinkTests.map((each) => ({
    name: each.name,
    isSkipped: each.needs !== undefined && !each.needs(declared),
    run: () => runSinkTest(each, subject),
  }));
  declareTests(test, tests, knownFailures);
}
