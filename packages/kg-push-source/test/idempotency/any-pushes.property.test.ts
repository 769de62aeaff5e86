import { memoryStore, type Store } from "@bus/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPushOf, aPushSource, aTickingClock, type Push } from "../a-push-source.ts";
import { aFaultyStore, failOnce } from "../stores.ts";

const WINDOW_MS = 100_000;

interface Sent {
  readonly kind: "push";
  /** The events are named after it and the content, so that the key says what they are. */
  readonly key: string | undefined;
  readonly contents: readonly number[];
  /** How many times at once. */
  readonly times: number;
  readonly fault: readonly ["append" | "get" | "change", number, "before" | "after"] | undefined;
}

type Step = Sent | { readonly kind: "window passes" };

const fault = fc.tuple(
  fc.constantFrom("append" as const, "get" as const, "change" as const),
  fc.integer({ min: 1, max: 3 }),
  fc.constantFrom("before" as const, "after" as const),
);

const sent: fc.Arbitrary<Sent> = fc
  .record({
    kind: fc.constant("push" as const),
    key: fc.option(fc.constantFrom("k", "l"), { nil: undefined }),
    contents: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }),
    times: fc.integer({ min: 1, max: 3 }),
    fault: fc.option(fault, { nil: undefined }),
  })
  // A key always has the same content.
  .map((push) => (push.key === undefined ? push : { ...push, contents: push.key === "k" ? [0, 1] : [2] }));

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: sent }, { weight: 1, arbitrary: fc.constant({ kind: "window passes" as const }) }),
  { maxLength: 12 },
);

/** The names of the events: what is the same by content and place, or by key and place, has the same. */
function namesOf({ key, contents }: Sent): readonly string[] {
  return contents.map((content, place) => `${key ?? ""}:${content}@${place}`);
}

function pushOf(push: Sent): Push {
  return {
    ...aPushOf(...namesOf(push).map((type) => ({ event: { type } }))),
    ...(push.key !== undefined && { headers: { "idempotency-key": push.key } }),
  };
}

/** A store that shows the names of the events it has recorded. */
function aWitnessedStore(): { readonly store: Store; readonly recorded: string[] } {
  const store = memoryStore();
  const append = store.append.bind(store);
  const recorded: string[] = [];
  Object.assign(store, {
    append: async (...[entries, options]: Parameters<typeof append>) => {
      const answers = await append(entries, options);
      for (const [index, { event }] of entries.entries())
        if (answers[index] === "appended") recorded.push((JSON.parse(event.data) as { type: string }).type);
      return answers;
    },
  });
  return { store, recorded };
}

describe("any pushes, resends and failures of the store", () => {
  it(
    "record each event once in a window, and have recorded all that was answered with success",
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          const { store, recorded } = aWitnessedStore();
          const faulty = aFaultyStore(store);
          const clock = aTickingClock();
          const { bus, push } = await aPushSource({ store, clock, idempotencyWindowMs: WINDOW_MS });
          let acknowledged = new Set<string>();
          const check = (): void => {
            expect(new Set(recorded).size).toBe(recorded.length);
            expect(recorded).toEqual(expect.arrayContaining([...acknowledged]));
          };

          for (const step of taken) {
            if (step.kind === "window passes") {
              check();
              clock.step(WINDOW_MS);
              recorded.length = 0;
              acknowledged = new Set();
              continue;
            }
            if (step.fault) failOnce(faulty, ...step.fault);
            const answers = await Promise.all(Array.from({ length: step.times }, () => push(pushOf(step))));
            faulty.faults = () => undefined;
            for (const { status } of answers) {
              expect([200, 503]).toContain(status);
              if (status === 200) for (const name of namesOf(step)) acknowledged.add(name);
            }
          }
          check();
          await bus.stop();
        }),
        { numRuns: 150 },
      );
    },
  );
});
