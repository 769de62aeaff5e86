/** How a test runner declares a test: `test` of vitest and of node:test both fit. */
export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  skip(name: string, body: () => Promise<void>): unknown;
}

/** A test of a suite, for one subject. */
export interface DeclaredTest {
  readonly name: string;
  /** The subject does not declare what the test is about. */
  readonly isSkipped: boolean;
  run(this: void): Promise<void>;
}

/** Names of tests that fail for now, and why. */
export type KnownFailures = Readonly<Record<string, string>>;

/**
 * Declares the tests one by one. One that is known to fail is run too, and fails once it passes, so that nobody forgets it here.
 *
 * @throws {TypeError} for a known failure that names no test, or one that is skipped
 */
export function declareTests(
  test: TestFunction,
  tests: readonly DeclaredTest[],
  knownFailures: KnownFailures = {},
): void {
  const run = new Set(tests.flatMap(({ name, isSkipped }) => (isSkipped ? [] : [name])));
  const stray = Object.keys(knownFailures).find((name) => !run.has(name));
  if (stray !== undefined)
    throw new TypeError(`knownFailures names "${stray}", which is no test that runs: delete it.`);
  for (const each of tests) {
    const reason = knownFailures[each.name];
    if (each.isSkipped) test.skip(each.name, each.run);
    else if (reason === undefined) test(each.name, each.run);
    else test(each.name, () => failingRun(each, reason));
  }
}

async function failingRun({ name, run }: DeclaredTest, reason: string): Promise<void> {
  const isPassed = await run().then(
    () => true,
    () => false,
  );
  if (isPassed) throw new Error(`"${name}" passes now: delete it from knownFailures, where it says "${reason}".`);
}
