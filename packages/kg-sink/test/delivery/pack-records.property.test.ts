import fc from "fast-check";
import { expect, it } from "vitest";
import { packRecords } from "../../src/delivery/pack-records.ts";
import { bodyOf, wireRecord } from "../../src/delivery/wire-record.ts";

const someRecords = fc
  .array(fc.string({ unit: "grapheme", maxLength: 40 }))
  .map((names) =>
    names.map((name, index) => wireRecord(index, '{"key":"k","value":', { id: "Company", properties: { name } })),
  );

it("packs all records, in order, in as few requests within the bounds as that order allows", () => {
  fc.assert(
    fc.property(
      someRecords,
      fc.record({ maxRecords: fc.integer({ min: 1, max: 10 }), maxBytes: fc.integer({ min: 1, max: 600 }) }),
      (records, bounds) => {
        const fits = (request: readonly (typeof records)[number][]) =>
          request.length === 1 ||
          (request.length <= bounds.maxRecords && Buffer.byteLength(bodyOf(request)) <= bounds.maxBytes);

        const requests = packRecords(records, bounds);

        expect(requests.flat()).toEqual(records);
        expect(requests.every(fits)).toBe(true);
        for (const [index, request] of requests.slice(0, -1).entries())
          expect(fits([...request, requests[index + 1]![0]!])).toBe(false);
      },
    ),
  );
});
