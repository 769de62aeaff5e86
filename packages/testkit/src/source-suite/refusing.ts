import assert from "node:assert/strict";
import { OVERSIZED_BYTES } from "./http-upstream.ts";
import { EMPTY, UNREADABLE } from "./malformations.ts";
import type { Offering } from "./offering.ts";
import type { RunningSource } from "./running-source.ts";
import type { SourceTest } from "./source-test.ts";
import type { OfferFault } from "./source-upstream.ts";
import type { Declared } from "./source-subject.ts";

const needs =
  (fault: OfferFault) =>
  ({ faults }: Declared): boolean =>
    faults.has(fault);

/** A source may read some of what it refuses, so that its caller can read the answer. */
const MOST_READ_BYTES = (OVERSIZED_BYTES * 3) / 4;

export const refusing: readonly SourceTest[] = [
  {
    name: "refuses who does not say who it is",
    needs: needs("unauthorized"),
    run: async (bench) => {
      const running = await bench.start();

      const offering = await running.offered("stray", { secret: undefined });

      assertRefused(running, offering, "Whoever brings no proof is refused: over HTTP with 401 or 403.");
    },
  },
  {
    name: "refuses who brings a wrong proof",
    needs: needs("unauthorized"),
    run: async (bench) => {
      const running = await bench.start();
      const { secret } = bench;
      const wrong = ["", secret.slice(0, -1), `${secret}x`, `x${secret.slice(1)}`, secret.toUpperCase(), "x"];

      for (const each of wrong) {
        const offering = await running.offered("stray", { secret: each });
        assertRefused(running, offering, "Whoever brings a wrong proof, however near or short, is refused.");
      }
    },
  },
  {
    name: "takes what is right from a caller that was refused before",
    needs: needs("unauthorized"),
    run: async (bench) => {
      const running = await bench.start();
      await running.offered("mine", { secret: undefined });
      await running.offered("mine", { secret: "x" });

      const offering = await running.offered("mine");

      assert.ok(offering.isTaken, `Whoever was refused is served once it brings its proof. It was ${offering.shown}.`);
      assert.equal(running.stored("mine").length, 1);
    },
  },
  {
    name: "refuses what it cannot read",
    needs: needs("malformed"),
    run: async (bench) => {
      const running = await bench.start();

      for (const [what, spoil] of Object.entries(UNREADABLE)) {
        const offering = await running.offered("broken", { spoil });
        assertRefused(
          running,
          offering,
          `What can never be read, such as ${what}, is refused, or it comes again for ever.`,
        );
      }
    },
  },
  {
    name: "refuses what says nothing",
    needs: needs("empty"),
    run: async (bench) => {
      const running = await bench.start();

      for (const [what, spoil] of Object.entries(EMPTY)) {
        const offering = await running.offered("empty", { spoil });
        assertRefused(
          running,
          offering,
          `What says nothing, such as ${what}, is refused; leave "empty" out of the upstream's faults if it is right for this source.`,
        );
      }
    },
  },
  {
    name: "goes on after what it cannot read",
    needs: needs("malformed"),
    run: async (bench) => {
      const running = await bench.start();
      for (const spoil of Object.values(UNREADABLE)) await running.offered("broken", { spoil });

      await running.untilTaken(running.offer("right"));

      assert.equal(running.stored("right").length, 1);
    },
  },
  {
    name: "refuses what is too large",
    needs: needs("oversized"),
    run: async (bench) => {
      const running = await bench.start();

      const offering = await running.offered("large", { isOversized: true });

      assertRefused(running, offering, "What is larger than the source takes is refused: over HTTP with 413.");
    },
  },
  {
    name: "does not read all of what is too large",
    needs: ({ kind, faults }) => kind === "caller" && faults.has("oversized"),
    run: async (bench) => {
      const running = await bench.start();

      const { answer } = await running.offered("large", { isOversized: true });

      const { readBytes = 0 } = answer ?? {};
      assert.ok(
        readBytes < MOST_READ_BYTES,
        `It read ${readBytes} bytes: count what arrives, and stop at the limit, whatever was said of its length.`,
      );
    },
  },
  {
    name: "goes on after what is too large",
    needs: needs("oversized"),
    run: async (bench) => {
      const running = await bench.start();
      await running.offered("large", { isOversized: true });

      await running.untilTaken(running.offer("right"));

      assert.equal(running.stored("right").length, 1);
    },
  },
];

function assertRefused({ store }: RunningSource, { answer, shown }: Offering, message: string): void {
  assert.equal(answer?.kind, "refused", `${message} It was ${shown}.`);
  assert.deepEqual(store.contents.recorded, [], "Nothing that was refused may be in the store.");
}
