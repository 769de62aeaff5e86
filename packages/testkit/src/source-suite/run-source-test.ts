import { SourceBench } from "./source-bench.ts";
import type { SourceSubject } from "./source-subject.ts";
import type { SourceTest } from "./source-test.ts";

/** Runs one test with an upstream and a store of its own; afterwards all that it started has ended. */
export async function runSourceTest(test: SourceTest, subject: SourceSubject): Promise<void> {
  const upstream = await subject.upstream.open();
  const bench = new SourceBench(subject, upstream);
  try {
    await test.run(bench);
  } finally {
    await bench.close();
  }
}
