import {
  teleflowStub,
  type TeleflowRequestFault,
  type TeleflowStub,
  type TeleflowStubRequest,
  type TeleflowStubTrigger,
  type TeleflowTriggerFault,
  type VirtualClock,
} from "@bus/testkit";
import type { Fate, PlannedFault, Scenario } from "./scenario.ts";
import { BESIDE, eventsOf } from "./shop.ts";

/** Whom a broadcast reaches at least. */
export const SUBSCRIBERS: readonly string[] = ["ann", "bob"];

/** A stub that does what the scenario says, and keeps what it did. */
export class FaultyService {
  readonly stub: TeleflowStub;
  readonly #scenario: Scenario;
  readonly #failures = new Map<number, number>();
  /** By request. */
  readonly #faults: (PlannedFault | undefined)[] = [];

  private constructor(stub: TeleflowStub, scenario: Scenario) {
    this.stub = stub;
    this.#scenario = scenario;
    stub.faults = {
      request: (request, index) => this.#faultOf(request, index),
      trigger: (trigger) => this.#failureOf(trigger),
    };
  }

  static async start(scenario: Scenario, clock: VirtualClock): Promise<FaultyService> {
    const { idempotency, burst } = scenario;
    const stub = await teleflowStub({
      clock,
      idempotency,
      subscribers: SUBSCRIBERS,
      ...(burst !== undefined && { rateLimit: { limit: 60, windowSeconds: 1, burst } }),
    });
    return new FaultyService(stub, scenario);
  }

  /** What was done to the request by plan. */
  faultAt(index: number): PlannedFault | undefined {
    return this.#faults[index];
  }

  fateOf({ name, payload }: TeleflowStubTrigger): Fate {
    if (name === BESIDE) return { kind: "fine" };
    return eventsOf(this.#scenario)[numberOf(payload)]?.fate ?? { kind: "fine" };
  }

  #faultOf(request: TeleflowStubRequest, index: number): TeleflowRequestFault | undefined {
    const planned = this.#scenario.faults[index];
    this.#faults[index] = planned;
    if (planned) return carriedOut(planned, request);
    const fates = request.triggers.map((trigger) => this.fateOf(trigger));
    const at = fates.findIndex(({ kind }) => kind === "poison");
    const poison = fates[at];
    if (poison?.kind !== "poison") return undefined;
    const { status, isNamed } = poison;
    return { kind: "status", status, message: isNamed ? `Event at index ${at}: payload is wrong` : "Bad Request" };
  }

  #failureOf(trigger: TeleflowStubTrigger): TeleflowTriggerFault | undefined {
    const fate = this.fateOf(trigger);
    const transient = { status: "error", error: ["getaddrinfo EAI_AGAIN redis"] };
    switch (fate.kind) {
      case "fine":
      case "poison":
        return undefined;
      case "never":
        return transient;
      case "refused":
        return { status: "error", error: [fate.words] };
      case "inactive":
        return { status: "trigger_not_active" };
      case "fails": {
        const n = numberOf(trigger.payload);
        const failures = this.#failures.get(n) ?? 0;
        if (failures === fate.times) return undefined;
        this.#failures.set(n, failures + 1);
        return transient;
      }
    }
  }
}

/** Which event it is of. */
export function numberOf(payload: unknown): number {
  return (payload as { n: number }).n;
}

function carriedOut(planned: PlannedFault, { triggers }: TeleflowStubRequest): TeleflowRequestFault {
  switch (planned.kind) {
    case "page":
      return { kind: "body", status: 200, body: "<html>Log in</html>", accepts: planned.accepts };
    case "results":
      return { kind: "results", count: Math.max(0, triggers.length + planned.more) };
    case "status":
    case "reset":
    case "hang":
      return planned;
  }
}
