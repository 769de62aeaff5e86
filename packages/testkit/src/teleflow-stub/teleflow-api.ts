import { randomUUID } from "node:crypto";
import type { Clock } from "@bus/core";
import { dataAnswer, errorAnswer, withHeaders, type Answer } from "./answer.ts";
import { refusedAuthorization } from "./authorization.ts";
import { IdempotencyStore } from "./idempotency-store.ts";
import { RateLimiter } from "./rate-limiter.ts";
import type { KnownRoute, Route } from "./route.ts";
import type { TeleflowFaults, TeleflowTriggerFault } from "./teleflow-faults.ts";
import type { TeleflowStubOptions, TeleflowStubRequest, TeleflowStubTrigger } from "./teleflow-stub.ts";
import { faultsOfBroadcast, faultsOfBulk, faultsOfEvent, faultsOfTrigger } from "./validation.ts";
import type { Worker } from "./worker.ts";
import { Workflows, type Thrown } from "./workflows.ts";

export interface RequestInWhole {
  readonly request: TeleflowStubRequest;
  readonly route: Route;
  /** What the body parser says. */
  readonly refused: Answer | undefined;
}

/** How the service's own failures get between a request and its answer. */
export type Around = (operate: () => Answer) => Answer | Promise<Answer>;

type FaultOf = (trigger: TeleflowStubTrigger) => TeleflowTriggerFault | undefined;

interface Result {
  readonly acknowledged: true;
  readonly status: string;
  readonly transactionId?: string;
  readonly error?: readonly string[];
}

/**
 * The API, in the order in which the service looks at a request: body, path, key, rate limit, idempotency key, fields, workflow.
 *
 * A field that is wrong is thus found behind the idempotency store, which keeps that answer too.
 */
export class TeleflowApi {
  readonly #options: TeleflowStubOptions;
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #workflows: Workflows;
  readonly #idempotency: IdempotencyStore;
  #limiter: RateLimiter | undefined;

  constructor(options: TeleflowStubOptions, clock: Clock, worker: Worker) {
    this.#options = options;
    this.#clock = clock;
    this.#worker = worker;
    this.#workflows = new Workflows(options);
    this.#idempotency = new IdempotencyStore(clock);
    this.clear();
  }

  async answer({ request, route, refused }: RequestInWhole, faults: TeleflowFaults, around: Around): Promise<Answer> {
    if (refused) return refused;
    if (route.operation === "other") return unknownPath(request, route.undecodable);
    const unauthorized = refusedAuthorization(request.headers.authorization, this.#options.apiKey ?? "test-key");
    if (unauthorized) return unauthorized;
    const limited = this.#limiter?.take(route.operation, this.#clock.now());
    const answer =
      limited?.refused ?? (await this.#once(request, async () => around(() => this.#operate(request, route, faults))));
    return limited ? withHeaders(answer, limited.headers) : answer;
  }

  clear(): void {
    this.#idempotency.clear();
    const { rateLimit } = this.#options;
    this.#limiter = rateLimit && new RateLimiter(rateLimit);
  }

  #once({ method, headers, body }: TeleflowStubRequest, handle: () => Promise<Answer>): Promise<Answer> {
    const key = headers["idempotency-key"];
    const isKept = method === "POST" && typeof key === "string" && key !== "" && this.#options.idempotency !== false;
    return isKept ? this.#idempotency.answer(key, body, handle) : handle();
  }

  #operate(request: TeleflowStubRequest, route: KnownRoute, faults: TeleflowFaults): Answer {
    const { body, triggers } = request;
    const faultOf = (trigger: TeleflowStubTrigger) => faults.trigger?.(trigger, request);
    switch (route.operation) {
      case "trigger":
        return refusedFields(faultsOfTrigger(body)) ?? this.#single(triggers[0]!, faultOf, false);
      case "bulk":
        return refusedFields(faultsOfBulk(body)) ?? this.#bulk(triggers, faultOf);
      case "broadcast":
        return refusedFields(faultsOfBroadcast(body)) ?? this.#single(triggers[0]!, faultOf, true);
      case "cancel":
        return dataAnswer(200, this.#worker.cancel(route.transactionId));
      case "notifications":
        return this.#worker.feed.answer(new URL(request.path, "http://localhost").searchParams);
    }
  }

  #single(trigger: TeleflowStubTrigger, faultOf: FaultOf, isBroadcast: boolean): Answer {
    const result = this.#process(trigger, faultOf, isBroadcast);
    return "thrown" in result ? result.thrown : dataAnswer(201, result);
  }

  /** What would refuse a single trigger is told in its result. */
  #bulk(events: readonly TeleflowStubTrigger[], faultOf: FaultOf): Answer {
    const results = events.map((event) => this.#event(event, faultOf));
    return dataAnswer(201, results);
  }

  #event(event: TeleflowStubTrigger, faultOf: FaultOf): Result {
    const faults = faultsOfEvent(event);
    if (faults.length > 0) return { acknowledged: true, status: "error", error: faults };
    const result = this.#process(event, faultOf, false);
    return "thrown" in result ? { acknowledged: true, status: "error", error: [result.message] } : result;
  }

  #process(trigger: TeleflowStubTrigger, faultOf: FaultOf, isBroadcast: boolean): Result | Thrown {
    const fault = faultOf(trigger);
    if (typeof fault === "object") return { acknowledged: true, ...fault };
    const judged = this.#workflows.judge(trigger);
    if ("thrown" in judged) return judged;
    const isActive = !("status" in judged);
    // Of a broadcast, the service does not look at the status: whatever it is, the answer is `processed`.
    if (!isActive && !isBroadcast) return { acknowledged: true, status: judged.status };
    const { name: workflow, to, actor, payload } = trigger;
    const transactionId = trigger.transactionId || randomUUID();
    if (!isActive) this.#worker.drop(transactionId, "inactive");
    else if (fault === "lost") this.#worker.drop(transactionId, "lost");
    else {
      const { delayMs = 0 } = judged.workflow;
      const content = { workflow, payload: payload ?? {}, to, actor };
      this.#worker.accept({ transactionId, ...content, broadcast: isBroadcast, delayMs });
    }
    return { acknowledged: true, status: "processed", transactionId };
  }
}

function refusedFields(faults: readonly string[]): Answer | undefined {
  return faults.length > 0 ? errorAnswer(400, faults) : undefined;
}

function unknownPath({ method, path }: TeleflowStubRequest, undecodable?: string): Answer {
  if (undecodable !== undefined) return errorAnswer(400, `Failed to decode param '${undecodable}'`);
  return errorAnswer(404, `Cannot ${method} ${path}`);
}
