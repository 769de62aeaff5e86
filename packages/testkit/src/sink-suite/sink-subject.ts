import type { AnySinkPlugin, Provider, PublishOptions } from "@bus/core";
import type { FaultOutcomes } from "./fault-outcomes.ts";
import type { SinkTarget, TargetFault } from "./sink-target.ts";

/** The sink under test, and what its author declares of it. */
export interface SinkSubject {
  /**
   * The sink as a host would have it, sending to `url` and knowing `secret`, such as an API key. Called many times, and must do no I/O. `extra` goes into the
   * options as it is: one test tries what becomes of an option that does not exist.
   */
  readonly create: (given: { readonly url: string; readonly secret: string }, extra: {}) => AnySinkPlugin;
  readonly target: SinkTarget;
  /**
   * An event that the sink sends, with the marker in it where `read` of the target finds it again. All go to the same, single destination, whatever
   * the marker.
   */
  readonly event: (marker: string) => SampleEvent;
  /** What a host would provide. */
  readonly provide?: readonly Provider[];
  /** The most deliveries it takes at once: its `batch.maxItems`. @default 1 */
  readonly batch?: number;
  /** The most items that one request of it asks for, where several batches share requests. @default `batch` */
  readonly requestItems?: number;
  /** Whether it has `check()`. @default false */
  readonly check?: boolean;
  /** False for a sink that has no secret. @default true */
  readonly secret?: boolean;
  /** False where the target sees no id by which it knows a second sending of the same. @default true */
  readonly ids?: boolean;
  /** What it says of each fault, where that is not what is usual over HTTP. */
  readonly outcomes?: Partial<FaultOutcomes>;
}

export interface SampleEvent {
  readonly type: string;
  readonly data: unknown;
  readonly options?: PublishOptions;
}

/** What decides which tests there are for a sink. */
export interface Declared {
  readonly batch: number;
  readonly check: boolean;
  readonly secret: boolean;
  readonly ids: boolean;
  readonly faults: ReadonlySet<TargetFault["kind"]>;
  readonly refusal: SinkTarget["refusal"] | undefined;
}

export function declaredOf({ batch = 1, check = false, secret = true, ids = true, target }: SinkSubject): Declared {
  return { batch, check, secret, ids, faults: new Set(target.faults), refusal: target.refusal };
}
