import { declareTests, type KnownFailures, type TestFunction } from "../suite/declare-tests.ts";
import { runSourceTest } from "./run-source-test.ts";
import { declaredOf, type SourceSubject } from "./source-subject.ts";
import { sourceTests } from "./source-tests.ts";
import type { OpenUpstream } from "./source-upstream.ts";

export interface SourceSuiteOptions<Upstream extends OpenUpstream = OpenUpstream> extends SourceSubject<Upstream> {
  readonly test: TestFunction;
  /** Tests that fail for now, by name, with the reason. They run, and fail once they pass. */
  readonly knownFailures?: KnownFailures;
}

/** Declares the tests that every source must pass, by name and one by one. They run one after the other: some watch the whole process. */
export function sourceSuite<Upstream extends OpenUpstream>(options: SourceSuiteOptions<Upstream>): void {
  const { test, knownFailures, ...subject } = options;
  const declared = declaredOf(subject);
  const tests = sourceTests.map((each) => ({
    name: each.name,
    isSkipped: each.needs !== undefined && !each.needs(declared),
    run: () => runSourceTest(each, subject),
  }));
  declareTests(test, tests, knownFailures);
}
