import { runSinkTest } from "../../src/sink-suite/run-sink-test.ts";
import { declaredOf } from "../../src/sink-suite/sink-subject.ts";
import { sinkTests } from "../../src/sink-suite/sink-tests.ts";
import { unhandledDuring } from "../../src/suite/process-watch.ts";
import type { Trial } from "../kill-matrix.ts";
import { subjectOf, type SinkSaboteur } from "./saboteur.ts";

export function trialsOf(saboteur: SinkSaboteur): readonly Trial[] {
  const subject = subjectOf(saboteur);
  const declared = declaredOf(subject);
  return sinkTests
    .filter(({ needs }) => !needs || needs(declared))
    .map((test) => ({ name: test.name, run: () => tried(() => runSinkTest(test, subject)) }));
}

/** Rejections that a saboteur leaves to nobody are for the suite to find, not for the runner. */
async function tried(run: () => Promise<void>): Promise<void> {
  await unhandledDuring(run);
}
