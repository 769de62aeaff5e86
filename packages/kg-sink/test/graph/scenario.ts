import type { KafkaRestDialect } from "@bus/testkit";
import fc from "fast-check";

/** What the proxy makes of one record of an event, whenever it gets that far. */
export type Fate =
  | { readonly kind: "fine" }
  /** It fails so often, and is stored then. */
  | { readonly kind: "fails"; readonly times: number; readonly code: number }
  | { readonly kind: "never"; readonly code: number; readonly isTooLarge: boolean }
  /** Each request that holds the record is refused. */
  | { readonly kind: "poison"; readonly status: number }
  /** Larger than `maxRequestBytes`, where there is one. */
  | { readonly kind: "huge" };

export interface PlannedEvent {
  /** Records that it becomes; of none, it is skipped. Those with several are users in as many companies. */
  readonly records: number;
  /** The record that has the fate. */
  readonly at: number;
  readonly fate: Fate;
}

/** What goes wrong with one request. Those with `stores` store the records, and do not say so. */
export type PlannedFault =
  | { readonly kind: "status"; readonly status: number; readonly hasCode: boolean }
  | { readonly kind: "page"; readonly status: number; readonly stores: boolean }
  | { readonly kind: "garbage"; readonly body: string; readonly stores: boolean }
  | { readonly kind: "code"; readonly code: number; readonly stores: boolean }
  | { readonly kind: "more-entries"; readonly by: number; readonly stores: boolean }
  | { readonly kind: "odd-entry"; readonly entry: unknown; readonly stores: boolean }
  /** One entry says that a record failed, and not which. */
  | { readonly kind: "one-failed-entry"; readonly code: number; readonly stores: boolean }
  /** One entry says that all is stored, and it is. */
  | { readonly kind: "one-fine-entry" }
  | { readonly kind: "reset"; readonly afterBytes: number | undefined; readonly stores: boolean }
  | { readonly kind: "delay" };

export interface Scenario {
  readonly dialect: KafkaRestDialect;
  readonly ordering: "strict" | "relaxed";
  readonly partitions: number;
  /** How many keys the events have; 0: all records have the default. */
  readonly keys: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly lingerMs: number;
  /** Of the proxy. */
  readonly maxRequestBytes: number | undefined;
  /** Events published together, and how long the bus gets before the next of them. */
  readonly groups: readonly { readonly events: readonly PlannedEvent[]; readonly thenMs: number }[];
  /** Of the first requests; all later ones pass. */
  readonly faults: readonly (PlannedFault | undefined)[];
}

const FINAL_STATUSES = [400, 404, 422, 413];
const OTHER_STATUSES = [302, 401, 403, 408, 409, 425, 429, 500, 502, 503, 504];

const stores = fc.boolean();

const fault: fc.Arbitrary<PlannedFault> = fc.oneof(
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.constantFrom(...FINAL_STATUSES, ...OTHER_STATUSES),
    hasCode: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("page" as const),
    status: fc.constantFrom(200, 404, 413, 502, 503, 504),
    stores,
  }),
  fc.record({
    kind: fc.constant("garbage" as const),
    body: fc.oneof(
      fc.constant('{"offsets":[]}'),
      fc.constantFrom("", "{}", "null", "[]", "7", '{"offsets":null}', '{"offsets":{}}', '{"offs'),
    ),
    stores,
  }),
  fc.record({
    kind: fc.constant("code" as const),
    code: fc.constantFrom(40_101, 40_301, 40_401, 42_201, 50_002, 50_003, 50_302),
    stores,
  }),
  fc.record({ kind: fc.constant("more-entries" as const), by: fc.integer({ min: 1, max: 3 }), stores }),
  fc.record({
    kind: fc.constant("odd-entry" as const),
    entry: fc.constantFrom(null, "", 7, [], { error_code: "50003" }),
    stores,
  }),
  fc.record({
    kind: fc.constant("one-failed-entry" as const),
    code: fc.constantFrom(2, 6, 50_002, 50_003),
    stores,
  }),
  fc.record({ kind: fc.constant("one-fine-entry" as const) }),
  fc.record({
    kind: fc.constant("reset" as const),
    afterBytes: fc.option(fc.nat(30), { nil: undefined, freq: 1 }),
    stores,
  }),
  fc.record({ kind: fc.constant("delay" as const) }),
);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("fine" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("fails" as const),
      times: fc.integer({ min: 1, max: 3 }),
      code: fc.constantFrom(1, 2, 404, 500, 40_101, 40_301, 50_002, 50_003),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("never" as const),
      code: fc.constantFrom(1, 7, 500, 50_002),
      isTooLarge: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("poison" as const), status: fc.constantFrom(400, 404, 422) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("huge" as const) }) },
);

const event: fc.Arbitrary<PlannedEvent> = fc.record({
  records: fc.oneof(
    { weight: 8, arbitrary: fc.constant(1) },
    { weight: 3, arbitrary: fc.integer({ min: 2, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  at: fc.nat(2),
  fate,
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  dialect: fc.constantFrom("confluent", "karapace", "strimzi", "redpanda"),
  ordering: fc.constantFrom("strict", "strict", "relaxed"),
  partitions: fc.constantFrom(1, 3),
  keys: fc.constantFrom(0, 4),
  maxRecords: fc.integer({ min: 1, max: 8 }),
  maxBytes: fc.constantFrom(200, 1_000, 2_000, 921_600),
  lingerMs: fc.constantFrom(0, 50),
  maxRequestBytes: fc.constantFrom(undefined, 2_000),
  groups: fc.array(
    fc.record({ events: fc.array(event, { minLength: 1, maxLength: 12 }), thenMs: fc.constantFrom(0, 60, 2_000) }),
    { minLength: 1, maxLength: 3 },
  ),
  faults: fc.array(fc.option(fault, { nil: undefined, freq: 3 }), { maxLength: 8 }),
});
