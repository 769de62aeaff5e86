import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { declaredOf } from "../../src/sink-suite/sink-subject.ts";
import { sinkTests } from "../../src/sink-suite/sink-tests.ts";
import { trackerSubject } from "./reference-sink.ts";

it("runs under node:test too, and reports what it leaves out", { timeout: 60_000 }, async () => {
  const file = fileURLToPath(new URL("./suite-under-node-test.ts", import.meta.url));

  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", file]);

  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
  const declared = declaredOf(trackerSubject);
  const skipped = sinkTests.filter(({ needs }) => needs !== undefined && !needs(declared)).length;
  expect({ pass: count("pass"), skipped: count("skipped"), fail: count("fail") }).toEqual({
    pass: sinkTests.length - skipped,
    skipped,
    fail: 0,
  });
});
