import { kafkaRestStub, type KafkaRestStub, type RequestFault, type StubRecord, type StubRequest } from "@bus/testkit";
import { fateOf, idsOf, type RecordIds } from "./graph-events.ts";
import type { PlannedFault, Scenario } from "./scenario.ts";

/** One record in one request. */
export interface SentRecord extends RecordIds {
  readonly isStored: boolean;
  /** The answer said so, and of this record. */
  readonly isAcknowledged: boolean;
}

/** What an answer says of the records of its request: of each by itself, that all are stored, or nothing that one could count on. */
type Claim = "each" | "all" | "nothing";

interface Trace {
  readonly claim: Claim;
  readonly failed: Set<string>;
}

/** The same text that says too large in Kafka's words, which the contract names. */
const TOO_LARGE = "The message is 3000 bytes when serialized which is larger than 2000";

const FINAL_STATUSES: readonly number[] = [400, 404, 413, 422];

/** A stub that does what the scenario says, and keeps what it told of which event. */
export class FaultyProxy {
  readonly stub: KafkaRestStub;
  readonly #scenario: Scenario;
  readonly #traces: Trace[] = [];
  readonly #failures = new Map<string, number>();
  /** By request: what it said on which event, in words that occur nowhere else. */
  readonly #words: Map<string, string>[] = [];
  /** Events of which one record, alone, was refused for good. */
  readonly #refused = new Set<string>();

  private constructor(stub: KafkaRestStub, scenario: Scenario) {
    this.stub = stub;
    this.#scenario = scenario;
    stub.faults = {
      request: (request, index) => this.#faultOf(request, index),
      record: (record, request) => this.#failureOf(record, request),
    };
  }

  static async start(scenario: Scenario): Promise<FaultyProxy> {
    const { dialect, partitions, maxRequestBytes } = scenario;
    const stub = await kafkaRestStub({
      dialect,
      partitions,
      ...(maxRequestBytes !== undefined && { maxRequestBytes }),
    });
    return new FaultyProxy(stub, scenario);
  }

  /** What was sent, in order, and what became of it. */
  get requests(): readonly (readonly SentRecord[])[] {
    const stored = new Set(this.stub.stored.map((record) => `${record.request} ${idsOf(record).record}`));
    return this.stub.requests.map(({ records }, index) => {
      const { claim, failed } = this.#traces[index]!;
      // Redpanda says of a partition, not of a record, that something in it failed.
      const isClear =
        claim === "all" || (claim === "each" && (this.#scenario.dialect !== "redpanda" || failed.size === 0));
      return records.map((record) => {
        const ids = idsOf(record);
        const isStored = stored.has(`${index} ${ids.record}`);
        return { ...ids, isStored, isAcknowledged: isStored && isClear };
      });
    });
  }

  /** What the answer to this request said on the event, if anything. */
  wordsOn(event: string, index: number): string | undefined {
    return this.#words[index]?.get(event);
  }

  hasRefused(event: string): boolean {
    return this.#refused.has(event);
  }

  #faultOf(request: StubRequest, index: number): RequestFault | undefined {
    const fates = request.records.map((record) => fateOf(this.#scenario, record));
    const poison = fates.find((fate) => fate.kind === "poison");
    const isTooLarge = request.bytes > (this.#scenario.maxRequestBytes ?? Infinity);
    const planned = this.#scenario.faults[index];
    const words = `words ${index}.`;
    // What is too large it does not store, whatever else goes wrong.
    const fault = planned && isTooLarge && storesAll(planned) ? undefined : planned;

    if (fault === undefined && poison) {
      this.#traces.push({ claim: "nothing", failed: new Set() });
      this.#refuse(request, poison.status, words);
      return { kind: "status", status: poison.status, message: words };
    }
    const isOrdinary = fault === undefined || fault.kind === "delay";
    const claim = isOrdinary ? "each" : fault.kind === "one-fine-entry" ? "all" : "nothing";
    this.#traces.push({ claim, failed: new Set() });
    if (isOrdinary && isTooLarge) this.#refuse(request, 413, "413");
    return fault && this.#carriedOut(fault, request, words);
  }

  #carriedOut(planned: PlannedFault, request: StubRequest, words: string): RequestFault {
    const { records } = request;
    const fine = { partition: 0, offset: 0 };
    const entries = (offsets: readonly unknown[]): RequestFault => {
      return { kind: "body", status: 200, body: JSON.stringify({ offsets }), stores: storesAll(planned) };
    };
    switch (planned.kind) {
      case "status": {
        const { status, hasCode } = planned;
        this.#refuse(request, status, words);
        return { kind: "status", status, message: words, ...(hasCode && { error_code: status * 100 + 1 }) };
      }
      case "page": {
        const { status, stores } = planned;
        this.#refuse(request, status, words);
        return { kind: "body", status, body: `<html>${words}</html>`, contentType: "text/html", stores };
      }
      case "code": {
        const { code, stores } = planned;
        this.#refuse(request, Math.floor(code / 100), words);
        return { kind: "body", status: 200, body: JSON.stringify({ error_code: code, message: words }), stores };
      }
      case "garbage":
        return { kind: "body", status: 200, body: planned.body, stores: planned.stores };
      case "more-entries":
        return entries(Array.from({ length: records.length + planned.by }, () => fine));
      case "odd-entry":
        return entries(records.map((_, index) => (index === 0 ? planned.entry : fine)));
      case "one-failed-entry":
        this.#say(request, `(${planned.code})`);
        return entries([{ partition: 0, error_code: planned.code, offset: -1 }]);
      case "one-fine-entry":
        return entries([{}]);
      case "reset": {
        const { stores, afterBytes } = planned;
        return { kind: "reset", stores, ...(afterBytes !== undefined && { afterBytes }) };
      }
      case "delay":
        return { kind: "delay", ms: 1 };
    }
  }

  #failureOf(record: StubRecord, request: StubRequest): { error_code: number; error: string } | undefined {
    const trace = this.#traces.at(-1)!;
    // It has already said that all is stored.
    if (trace.claim === "all") return undefined;
    const ids = idsOf(record);
    const fate = fateOf(this.#scenario, record);
    const failure = this.#nextFailure(fate, ids);
    if (failure === undefined) return undefined;
    trace.failed.add(ids.record);
    // A fault of the request's hides this one.
    if (trace.claim === "nothing") return failure;
    const isRedpanda = this.#scenario.dialect === "redpanda";
    this.#say(isRedpanda ? request : { records: [record] }, isRedpanda ? `(${failure.error_code})` : failure.error);
    if (fate.kind === "never" && fate.isTooLarge && !isRedpanda) this.#refused.add(ids.event);
    return failure;
  }

  #nextFailure(
    fate: ReturnType<typeof fateOf>,
    { event, record }: RecordIds,
  ): { error_code: number; error: string } | undefined {
    if (fate.kind === "never") {
      const error = fate.isTooLarge ? `${TOO_LARGE} (${event}.)` : `no (${event}.)`;
      return { error_code: fate.code, error };
    }
    if (fate.kind !== "fails") return undefined;
    const failures = this.#failures.get(record) ?? 0;
    if (failures === fate.times) return undefined;
    this.#failures.set(record, failures + 1);
    return { error_code: fate.code, error: `not now (${event}.)` };
  }

  #refuse(request: Pick<StubRequest, "records">, status: number, words: string): void {
    this.#say(request, words);
    const [only, ...others] = request.records;
    if (only && others.length === 0 && FINAL_STATUSES.includes(status)) this.#refused.add(idsOf(only).event);
  }

  #say({ records }: Pick<StubRequest, "records">, words: string): void {
    const said = (this.#words[this.#traces.length - 1] ??= new Map());
    for (const record of records) said.set(idsOf(record).event, words);
  }
}

function storesAll(planned: PlannedFault): boolean {
  return planned.kind === "one-fine-entry" || ("stores" in planned && planned.stores);
}
