import { delivered, pause, rejected, retry, skipped, type Outcome } from "@bus/core";
import { expect, it } from "vitest";
import { OutcomeBoard } from "../../src/delivery/outcome-board.ts";

/** Each asks more of the engine than those before it. */
const RISING: readonly Outcome[] = [
  delivered(),
  skipped("private"),
  rejected("400"),
  retry("held back", { free: true }),
  retry("503"),
  pause("401", { probeAfterMs: 1 }),
];

it.each(RISING.flatMap((less, at) => RISING.slice(at + 1).map((more) => [less, more] as const)))(
  "of records that end as %j and %j takes the second, in whichever order they come",
  (less, more) => {
    const board = new OutcomeBoard(2);

    for (const outcome of [less, more]) board.add(0, outcome);
    for (const outcome of [more, less]) board.add(1, outcome);

    expect(board.outcomes).toEqual([more, more]);
  },
);
