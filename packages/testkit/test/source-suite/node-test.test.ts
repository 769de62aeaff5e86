import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { declaredOf } from "../../src/source-suite/source-subject.ts";
import { sourceTests } from "../../src/source-suite/source-tests.ts";
import { pollingSubject } from "./polling-source.ts";

it("runs under node:test too, and reports what it leaves out", { timeout: 60_000 }, async () => {
  const file = fileURLToPath(new URL("./suite-under-node-test.ts", import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file]);

  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
  const declared = declaredOf(pollingSubject);
  const skipped = sourceTests.filter(({ needs }) => needs && !needs(declared)).length;
  expect({ pass: count("pass"), skipped: count("skipped"), fail: count("fail") }).toEqual({
    pass: sourceTests.length - skipped,
    skipped,
    fail: 0,
  });
});
