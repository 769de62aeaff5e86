import { SinkBench } from "./sink-bench.ts";
import type { SinkSubject } from "./sink-subject.ts";
import type { SinkTest } from "./sink-test.ts";

/** Runs one test with a target and a store of its own; afterwards all that it started has ended. */
export async function runSinkTest(test: SinkTest, subject: SinkSubject): Promise<void> {
  const target = await subject.target.open();
  const bench = new SinkBench(subject, target);
  try {
    await test.run(bench);
  } finally {
    await bench.close();
  }
}
