import assert from "node:assert/strict";
import type { Outcome } from "@bus/core";
import { AbortableCall } from "./abortable-call.ts";
import { MARKER, rowTest, type AnswerRow } from "./answer-row.ts";
import type { FaultOutcomes } from "./fault-outcomes.ts";
import { followsNoRedirect } from "./redirects.ts";
import type { SinkTest } from "./sink-test.ts";

/** A sink that reads all of an answer without an end reads 64 MiB; what lies in the buffers on the way is far less than this. */
const MOST_BYTES_READ = 32 * 1024 * 1024;

const WAIT_SECONDS = 120;

const SLOW_MS = 300;

const statusRow = (status: number, outcome: keyof FaultOutcomes): AnswerRow => ({
  name: `a ${status}`,
  outcome,
  fault: { kind: "status", status },
});

/** An HTTP date is of whole seconds. */
const dateAt = (now: number): number => Math.floor(now / 1000) * 1000 + WAIT_SECONDS * 1000;

const ROWS: readonly AnswerRow[] = [
  statusRow(204, "204"),
  {
    name: "a redirect",
    outcome: "3xx",
    fault: { kind: "status", status: 302, headers: { location: "/elsewhere" } },
  },
  statusRow(400, "400"),
  statusRow(401, "401"),
  statusRow(403, "403"),
  statusRow(404, "404"),
  statusRow(408, "408"),
  statusRow(409, "409"),
  statusRow(410, "410"),
  statusRow(413, "413"),
  statusRow(422, "422"),
  statusRow(429, "429"),
  {
    name: "a 429 that asks to wait some seconds",
    outcome: "429",
    fault: { kind: "status", status: 429, headers: { "retry-after": String(WAIT_SECONDS) } },
    check: (outcome) => assertWait(outcome, WAIT_SECONDS * 1000),
  },
  {
    name: "a 429 that asks to wait until a date",
    outcome: "429",
    needs: ({ faults }) => faults.has("status"),
    prepare: ({ target, clock }) => {
      const headers = { "retry-after": new Date(dateAt(clock.now())).toUTCString() };
      target.fault = () => ({ kind: "status", status: 429, headers });
    },
    // Read by the clock of the bus, which has hardly moved.
    check: (outcome, { clock }) => assertWait(outcome, dateAt(clock.now()) - clock.now() - 1_000),
  },
  statusRow(500, "5xx"),
  statusRow(502, "5xx"),
  statusRow(503, "5xx"),
  statusRow(504, "5xx"),
  { name: "a target that refuses connections", outcome: "refused", prepare: ({ target }) => target.goDown() },
  { name: "a target that is out of order", outcome: "5xx", fault: { kind: "error" } },
  { name: "a connection lost before the answer", outcome: "reset", fault: { kind: "reset" } },
  { name: "a connection lost in the middle of the answer", outcome: "cut", fault: { kind: "cut" } },
  { name: "an answer that does not come", outcome: "hang", fault: { kind: "hang" } },
  { name: "an answer that does not end", outcome: "drip", fault: { kind: "drip" } },
  {
    name: "an answer that is far too large",
    outcome: "huge",
    fault: { kind: "huge" },
    check: (_, { target }) =>
      assert.ok(
        target.bytesSent < MOST_BYTES_READ,
        `The sink read ${target.bytesSent} bytes of an answer without an end: bound how much it reads.`,
      ),
  },
  { name: "an answer that cannot be read", outcome: "garbage", fault: { kind: "garbage" } },
  {
    name: "an item refused within an answer that says success",
    outcome: "errorInside",
    needs: ({ refusal }) => refusal === "inside",
    prepare: ({ target }) => void target.refused.add(MARKER),
  },
];

/** What the sink makes of what befalls a single request. */
export const answers: readonly SinkTest[] = [
  {
    name: "calls delivered what took effect",
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("well");

      const outcomes = await running.deliver(batch);

      assert.deepEqual(
        [outcomes.map(({ kind }) => kind), bench.target.effects.map(({ marker }) => marker)],
        [["delivered"], ["well"]],
      );
    },
  },
  {
    name: "waits for an answer that is slow",
    needs: ({ faults }) => faults.has("slow"),
    run: async (bench) => {
      const running = await bench.start();
      const batch = await running.take("slow");
      bench.target.fault = () => ({ kind: "slow", ms: SLOW_MS });
      const call = new AbortableCall("deliver()", (signal) => running.sink.deliver(batch, { signal }));
      await running.until("the request came in", () => call.result !== undefined || bench.target.requests.length > 0);
      // For a sink that gives up by the bus's clock.
      await bench.clock.advance(SLOW_MS);

      await running.until("deliver() ended by itself", () => call.result !== undefined);

      const outcomes = call.result?.status === "fulfilled" ? call.result.value : [];
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ["delivered"],
        `The target answered well, and took ${SLOW_MS} ms for it: the sink is to wait until its signal aborts.`,
      );
      assert.equal(bench.target.requests.length, 1, "The sink sent again what was not answered at once.");
    },
  },
  ...ROWS.map(rowTest),
  followsNoRedirect,
];

function assertWait(outcome: Outcome, leastMs: number): void {
  const waitMs =
    outcome.kind === "pause" ? outcome.probeAfterMs : outcome.kind === "retry" ? outcome.afterMs : undefined;
  assert.ok(
    waitMs !== undefined && waitMs >= leastMs,
    `The target asked to wait ${leastMs} ms by Retry-After, and the sink said ${waitMs ?? "nothing"}: hand it on as afterMs or probeAfterMs; a date is read by CLOCK.`,
  );
}
