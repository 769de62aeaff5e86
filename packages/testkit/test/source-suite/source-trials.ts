import { runSourceTest } from "../../src/source-suite/run-source-test.ts";
import { declaredOf } from "../../src/source-suite/source-subject.ts";
import { sourceTests } from "../../src/source-suite/source-tests.ts";
import { unhandledDuring } from "../../src/suite/process-watch.ts";
import type { Trial } from "../kill-matrix.ts";
import { subjectOf, type SourceSaboteur } from "./saboteur.ts";

export function trialsOf(saboteur: SourceSaboteur): readonly Trial[] {
  const subject = subjectOf(saboteur);
  const declared = declaredOf(subject);
  return sourceTests
    .filter(({ needs }) => !needs || needs(declared))
    .map((test) => ({
      name: test.name,
      // What a saboteur leaves unhandled is none of the runner's business.
      run: async () => void (await unhandledDuring(() => runSourceTest(test, subject))),
    }));
}
