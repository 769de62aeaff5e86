import { describe, expect, it } from "vitest";
import {
  declareTests,
  type DeclaredTest,
  type KnownFailures,
  type TestFunction,
} from "../../src/suite/declare-tests.ts";

const passing: DeclaredTest = { name: "passes", isSkipped: false, run: async () => undefined };
const failing: DeclaredTest = { name: "fails", isSkipped: false, run: () => Promise.reject(new Error("wrong")) };
const skipped: DeclaredTest = { name: "is not for it", isSkipped: true, run: () => Promise.reject(new Error("ran")) };

/** What a runner would say of each test. */
async function verdictsOn(
  tests: readonly DeclaredTest[],
  knownFailures?: KnownFailures,
): Promise<Readonly<Record<string, string>>> {
  const declared: { readonly name: string; readonly verdict: Promise<string> }[] = [];
  const test: TestFunction = Object.assign(
    (name: string, body: () => Promise<void>) => {
      const verdict = body().then(
        () => "passed",
        (error: Error) => error.message,
      );
      declared.push({ name, verdict });
    },
    { skip: (name: string) => declared.push({ name, verdict: Promise.resolve("skipped") }) },
  );
  declareTests(test, tests, knownFailures);
  return Object.fromEntries(await Promise.all(declared.map(async ({ name, verdict }) => [name, await verdict])));
}

describe("the tests of a suite", () => {
  it("are declared one by one, those that do not apply as skipped", async () => {
    const verdicts = await verdictsOn([passing, failing, skipped]);

    expect(verdicts).toEqual({ passes: "passed", fails: "wrong", "is not for it": "skipped" });
  });

  it("pass when they are known to fail, and do", async () => {
    const verdicts = await verdictsOn([passing, failing], { fails: "the target is old" });

    expect(verdicts).toEqual({ passes: "passed", fails: "passed" });
  });

  it("fail when they are known to fail, and pass", async () => {
    const verdicts = await verdictsOn([passing], { passes: "the target is old" });

    expect(verdicts).toEqual({
      passes: '"passes" passes now: delete it from knownFailures, where it says "the target is old".',
    });
  });

  it.each([
    ["no test", "falls"],
    ["one that is skipped", "is not for it"],
    ["what every object has", "toString"],
  ])("cannot be known to fail by a name that is that of %s", async (_, name) => {
    await expect(verdictsOn([passing, failing, skipped], { [name]: "?" })).rejects.toThrow(
      new TypeError(`knownFailures names "${name}", which is no test that runs: delete it.`),
    );
  });
});
