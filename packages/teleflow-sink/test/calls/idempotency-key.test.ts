import fc from "fast-check";
import { expect, it } from "vitest";
import { idempotencyKey, type KeyedRequest } from "../../src/calls/idempotency-key.ts";

const REQUEST: KeyedRequest = {
  environment: "test",
  method: "POST",
  path: "/events/trigger",
  body: '{"name":"a"}',
  epochs: [0],
};

it("is the same for the same request", () => {
  expect(idempotencyKey({ ...REQUEST })).toBe(idempotencyKey(REQUEST));
});

it("fits into a header, and into what the service keeps of it", () => {
  expect(idempotencyKey(REQUEST)).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

it.each<[string, Partial<KeyedRequest>]>([
  ["environment", { environment: "production" }],
  ["method", { method: "PATCH" }],
  ["path", { path: "/events/trigger/broadcast" }],
  ["body", { body: '{"name":"b"}' }],
  ["epoch", { epochs: [1] }],
])("is another one for another %s", (_, changed) => {
  expect(idempotencyKey({ ...REQUEST, ...changed })).not.toBe(idempotencyKey(REQUEST));
});

it("is another one where another trigger of the bulk has the new epoch", () => {
  const keys = [[0, 0], [1, 0], [0, 1], [1, 1], [11], [1, 1, 0]].map((epochs) =>
    idempotencyKey({ ...REQUEST, epochs }),
  );

  expect(new Set(keys).size).toBe(6);
});

it("takes no epoch for the first of each", () => {
  expect(idempotencyKey({ ...REQUEST, epochs: [] })).toBe(idempotencyKey({ ...REQUEST, epochs: [0, 0] }));
});

it("never takes the end of one part for the beginning of the next", () => {
  const texts = fc.array(fc.constantFrom("\n", '"', "]", ",", "a"), { maxLength: 4 }).map((parts) => parts.join(""));
  const requests = fc.record({
    environment: texts,
    method: fc.constant("POST"),
    path: texts,
    body: texts,
    epochs: fc.constant([1]),
  });

  fc.assert(
    fc.property(requests, requests, (one, other) => {
      const areSame = JSON.stringify(one) === JSON.stringify(other);

      expect(idempotencyKey(one) === idempotencyKey(other)).toBe(areSame);
    }),
  );
});
