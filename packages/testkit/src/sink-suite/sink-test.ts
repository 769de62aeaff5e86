import type { SinkBench } from "./sink-bench.ts";
import type { Declared } from "./sink-subject.ts";

/** One thing that every sink must do. */
export interface SinkTest {
  /** A sentence about the behaviour; no two of the suite are the same. */
  readonly name: string;
  /** Skipped where this does not hold of what the sink and its target declare. */
  readonly needs?: (declared: Declared) => boolean;
  /** Passes by resolving. Every wait in it is bounded: a sink that hangs must fail the test, not hang it. */
  run(bench: SinkBench): Promise<void>;
}
