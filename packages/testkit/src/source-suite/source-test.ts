import type { SourceBench } from "./source-bench.ts";
import type { Declared } from "./source-subject.ts";

/** One thing that every source must do. */
export interface SourceTest {
  /** A sentence about the behaviour; no two of the suite are the same. */
  readonly name: string;
  /** Skipped where this does not hold of what the source and its upstream declare. */
  readonly needs?: (declared: Declared) => boolean;
  /** Passes by resolving. Every wait in it is bounded: a source that hangs must fail the test, not hang it. */
  run(bench: SourceBench): Promise<void>;
}
