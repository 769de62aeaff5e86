import fc from "fast-check";

/** What the service makes of one trigger of an event, whenever it gets that far. */
export type Fate =
  | { readonly kind: "fine" }
  /** It fails so often, and is processed then. */
  | { readonly kind: "fails"; readonly times: number }
  | { readonly kind: "never" }
  /** Each request that holds it is refused, and the words may say which it is. */
  | { readonly kind: "poison"; readonly status: number; readonly isNamed: boolean }
  /** Said of it alone. */
  | { readonly kind: "refused"; readonly words: string }
  | { readonly kind: "inactive" };

export interface PlannedEvent {
  readonly type: "order.shipped" | "incident.opened";
  readonly fate: Fate;
  /** Of its payload. */
  readonly padding: number;
}

/** What goes wrong with one request. Those that `accepts` take it up, and do not say so. */
export type PlannedFault =
  | { readonly kind: "status"; readonly status: number; readonly json: boolean; readonly accepts: boolean }
  | { readonly kind: "reset"; readonly accepts: boolean }
  | { readonly kind: "hang"; readonly accepts: boolean }
  | { readonly kind: "page"; readonly accepts: boolean }
  | { readonly kind: "results"; readonly more: number };

export interface Scenario {
  readonly idempotency: boolean;
  /** A small bucket lets no bulk pass; none: no limit. */
  readonly burst: 66 | 300 | undefined;
  readonly maxTriggers: number;
  readonly maxBytes: number;
  readonly broadcastRetry: boolean;
  /** Events published together, how long the bus gets before the next of them, and whether it stops, in the middle of what it does, and starts anew. */
  readonly groups: readonly {
    readonly events: readonly PlannedEvent[];
    readonly thenMs: number;
    readonly isRestarted: boolean;
  }[];
  /** Of the first requests; all later ones pass. */
  readonly faults: readonly (PlannedFault | undefined)[];
}

const accepts = fc.boolean();

const fault: fc.Arbitrary<PlannedFault> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(500, 502, 503, 504),
      json: fc.boolean(),
      accepts,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(302, 401, 402, 403, 404, 408, 409, 429),
      json: fc.boolean(),
      accepts: fc.constant(false),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("reset" as const), accepts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hang" as const), accepts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("page" as const), accepts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("results" as const), more: fc.constantFrom(-1, 1, 2) }) },
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("fine" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("fails" as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("never" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("poison" as const),
      status: fc.constantFrom(400, 413, 422),
      isNamed: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("refused" as const),
      words: fc.constantFrom(
        "workflow_not_found",
        "to should not be empty",
        "payload is missing required key(s) and type(s): name",
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("inactive" as const) }) },
);

const event: fc.Arbitrary<PlannedEvent> = fc.record({
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant("order.shipped" as const) },
    { weight: 1, arbitrary: fc.constant("incident.opened" as const) },
  ),
  fate,
  padding: fc.constantFrom(0, 0, 0, 300, 3_000),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  idempotency: fc.boolean(),
  burst: fc.constantFrom(undefined, undefined, 300, 66),
  maxTriggers: fc.constantFrom(1, 2, 5, 100),
  maxBytes: fc.constantFrom(600, 2_000, 1_000_000),
  broadcastRetry: fc.boolean(),
  groups: fc.array(
    fc.record({
      events: fc.array(event, { minLength: 1, maxLength: 12 }),
      thenMs: fc.constantFrom(0, 60, 2_000),
      isRestarted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  faults: fc.array(fc.option(fault, { nil: undefined, freq: 3 }), { maxLength: 8 }),
});
