import { expect, it } from "vitest";
import { TokenBucket } from "../../src/teleflow-stub/token-bucket.ts";

type Step = readonly [now: number, cost: number, isAllowed: boolean, remaining: number, resetAt: number];

/** A token each 100 ms. */
const LIMIT = { limit: 10, windowSeconds: 1 };

it.each<[string, number, readonly Step[]]>([
  [
    "is filled again only when it has too little, then for all the time that has passed",
    10,
    [
      [0, 6, true, 4, 200],
      [200, 4, true, 0, 400],
      [550, 4, true, 1, 800],
    ],
  ],
  [
    "keeps the part of a token that has come by then",
    2,
    [
      [0, 2, true, 0, 200],
      [150, 1, true, 0, 200],
      [199, 1, false, 0, 200],
      [200, 1, true, 0, 300],
    ],
  ],
  [
    "holds no more than its burst",
    3,
    [
      [0, 3, true, 0, 300],
      [1_900, 1, true, 2, 2_000],
      [1_900, 2, true, 0, 2_100],
      [1_900, 1, false, 0, 2_000],
    ],
  ],
  [
    "is full again two windows after it was last filled",
    3,
    [
      [0, 1, true, 2, 100],
      [1_999, 1, true, 1, 100],
      [2_000, 1, true, 2, 2_100],
    ],
  ],
  [
    "is in debt after a first request that costs more than its burst",
    2,
    [
      [0, 5, false, 0, 800],
      [300, 1, false, 0, 400],
      [400, 1, true, 0, 500],
      [1_000, 5, false, 0, 900],
    ],
  ],
])("a bucket %s", (_, burst, steps) => {
  const bucket = new TokenBucket({ ...LIMIT, burst });

  const taken = steps.map(([now, cost]) => bucket.take(cost, now));

  expect(taken).toEqual(steps.map(([, , isAllowed, remaining, resetAt]) => ({ isAllowed, remaining, resetAt })));
});
