import fc from "fast-check";
import { expect, it } from "vitest";
import { bulkBytes } from "../../src/calls/teleflow-client.ts";
import { allProcessed, anError, aTrigger, type ServiceAnswer, type ServiceRequest } from "../calls/a-service.ts";
import { aSender, fresh } from "./a-sender.ts";

/** How the service says that a bulk has a trigger at fault; "wrong": by another one's index. */
const naming = fc.constantFrom("named", "path", "unnamed", "wrong");

const someWork = fc.record({
  triggers: fc.array(
    fc.record({ isPoison: fc.boolean(), size: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600 })) }),
    { minLength: 1, maxLength: 30 },
  ),
  /** After how many triggers another call begins. */
  callSize: fc.integer({ min: 1, max: 30 }),
  maxTriggers: fc.integer({ min: 1, max: 12 }),
  maxBytes: fc.integer({ min: 50, max: 2_000 }),
  /** Of a request, at the service; a trigger alone always fits. */
  serviceBytes: fc.integer({ min: 900, max: 3_000 }),
  naming,
  status: fc.constantFrom(400, 413, 422),
});

function messageOf(way: string, at: number, count: number): string {
  if (way === "named") return `Event at index ${at}: to should not be empty`;
  if (way === "path") return `events.${at}.to should not be empty`;
  return way === "wrong" ? `Event at index ${(at + 1) % count}: no` : "to should not be empty";
}

it("has every good trigger processed once and every bad one refused, in order and within the bounds", async () => {
  await fc.assert(
    fc.asyncProperty(someWork, async ({ triggers, callSize, maxTriggers, maxBytes, serviceBytes, status, ...work }) => {
      const wires = triggers.map(({ size }, index) => aTrigger(`t${index}`, { text: "ü".repeat(size / 2) }));
      const poison = new Set(
        wires.flatMap(({ transactionId }, index) => (triggers[index]!.isPoison ? [transactionId] : [])),
      );
      const processed: string[] = [];
      const answerTo = (request: ServiceRequest): ServiceAnswer => {
        if (Buffer.byteLength(request.body) > serviceBytes) return anError(413, "request entity too large");
        const at = request.ids.findIndex((id) => poison.has(id));
        if (at >= 0) return anError(status, messageOf(work.naming, at, request.ids.length));
        processed.push(...request.ids);
        return allProcessed(request);
      };
      const { sender, clock, sending, service } = await aSender(answerTo, { maxTriggers, maxBytes });

      const calls = [];
      for (let from = 0; from < wires.length; from += callSize) {
        calls.push(sender.send(wires.slice(from, from + callSize).map(fresh), sending()));
      }
      await clock.advance(10);
      const verdicts = (await Promise.all(calls)).flat();
      await service.close();

      expect(verdicts.map(({ kind }) => kind)).toEqual(
        triggers.map(({ isPoison }) => (isPoison ? "refused" : "processed")),
      );
      expect(processed.toSorted()).toEqual(
        wires.flatMap(({ transactionId }) => (poison.has(transactionId) ? [] : [transactionId])).toSorted(),
      );
      for (const { path, ids, body } of service.requests) {
        if (!path.endsWith("/bulk")) continue;
        const bytes = wires
          .filter(({ transactionId }) => ids.includes(transactionId))
          .reduce((sum, one) => sum + one.bytes, 0);
        expect(ids.length).toBeGreaterThan(1);
        expect(ids.length).toBeLessThanOrEqual(maxTriggers);
        expect(Buffer.byteLength(body)).toBe(bulkBytes(ids.length, bytes));
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
      }
    }),
    { numRuns: 60 },
  );
});
