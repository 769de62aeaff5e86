import assert from "node:assert/strict";
import type { Delivery, Outcome } from "@bus/core";
import { AbortableCall } from "./abortable-call.ts";
import { USUAL_OUTCOMES, type FaultOutcomes } from "./fault-outcomes.ts";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { Declared } from "./sink-subject.ts";
import type { SinkTest } from "./sink-test.ts";
import type { TargetFault } from "./sink-target.ts";

/** Something that befalls a request, and the outcome that it is to have. */
export interface AnswerRow {
  /** In the name of the test: "has the right outcome for …". */
  readonly name: string;
  readonly outcome: keyof FaultOutcomes;
  /** Left out: `prepare` does it all. */
  readonly fault?: TargetFault;
  readonly needs?: (declared: Declared) => boolean;
  /** Done before the sink sends. */
  readonly prepare?: (bench: SinkBench) => Promise<void> | void;
  /** What else is to hold of the outcome. */
  readonly check?: (outcome: Outcome, bench: SinkBench) => void;
}

export const MARKER = "row";

/** The target may know the item already, or says no more than success: the outcome may be delivered without an effect. */
const NEEDS_NO_EFFECT: readonly (keyof FaultOutcomes)[] = ["204", "409"];

export function rowTest({ name, outcome: row, fault, needs, prepare, check }: AnswerRow): SinkTest {
  return {
    name: `has the right outcome for ${name}`,
    needs: (declared) => (!fault || declared.faults.has(fault.kind)) && (!needs || needs(declared)),
    run: async (bench) => {
      const running = await bench.start();
      const [delivery] = await running.take(MARKER);
      if (fault) bench.target.fault = () => fault;
      await prepare?.(bench);

      const outcome = await outcomeOfOne(bench, running, { delivery: delivery!, name, row });

      assertOutcome(outcome, { row, name, expected: expectedOf(bench, row) });
      const requests = bench.target.requests.filter((items) => items.length > 0).length;
      assert.equal(
        requests,
        row === "refused" ? 0 : 1,
        `The sink sent ${requests} requests on ${name}: it tries once, the engine tries again.`,
      );
      if (outcome.kind === "delivered" && !NEEDS_NO_EFFECT.includes(row))
        assert.ok(
          bench.target.effects.some(({ marker }) => marker === MARKER),
          `The sink said "delivered" of ${name}, and nothing took effect.`,
        );
      check?.(outcome, bench);
    },
  };
}

function expectedOf({ subject }: SinkBench, row: keyof FaultOutcomes): Outcome["kind"] {
  return subject.outcomes?.[row] ?? USUAL_OUTCOMES[row];
}

/** What the sink says of one delivery: by itself, or, where it waits for an answer, when its signal aborts. */
async function outcomeOfOne(
  bench: SinkBench,
  running: RunningSink,
  { delivery, name, row }: { delivery: Delivery; name: string; row: keyof FaultOutcomes },
): Promise<Outcome> {
  const call = new AbortableCall("deliver()", (signal) => running.sink.deliver([delivery], { signal }));
  const lasts = expectedOf(bench, row) !== "delivered";
  if (row === "drip" && lasts) await call.untilAnswering(bench);
  else
    await running.until(`deliver() ended on ${name}`, () => {
      return call.result !== undefined || (row === "hang" && bench.target.requests.length > 0);
    });
  const result = call.result ?? (await call.abort(bench.clock));
  if (result.status === "rejected")
    throw new assert.AssertionError({
      message: `deliver() threw on ${name}: what comes of a request is an outcome, a throw says that the sink itself is at fault.`,
      actual: result.reason,
      expected: "an outcome",
      operator: "throws",
    });
  assert.equal(result.value.length, 1, "deliver() was given one delivery, and is to return one outcome");
  return result.value[0]!;
}

function assertOutcome(
  outcome: Outcome,
  { row, name, expected }: { row: keyof FaultOutcomes; name: string; expected: Outcome["kind"] },
): void {
  const reason = "reason" in outcome ? ` ("${outcome.reason}")` : "";
  assert.equal(
    outcome.kind,
    expected,
    `The sink said "${outcome.kind}"${reason} of ${name}, where "${expected}" was expected: if it is meant, declare it as outcomes["${row}"].`,
  );
}
