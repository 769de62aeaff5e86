import PQueue from "p-queue";
import type { ResolvedPolicy } from "./delivery-policy.ts";

/** Lets the calls of one lane begin in their turn: within its policy's concurrency and rate, and within the slots that all lanes share. */
export class LaneCalls {
  readonly #slots: PQueue;
  readonly #queue: PQueue;
  #pace: PQueue | undefined;
  #policy: ResolvedPolicy;

  constructor(policy: ResolvedPolicy, slots: PQueue) {
    this.#slots = slots;
    this.#queue = new PQueue({ concurrency: policy.concurrency });
    this.#pace = paceOf(policy);
    this.#policy = policy;
  }

  /** None is under way, and none waits for its turn. */
  get isIdle(): boolean {
    return this.#queue.pending === 0 && this.#queue.size === 0;
  }

  /** Undefined when it was cleared before its turn came. */
  async add<T>(call: () => Promise<T>): Promise<T | undefined> {
    const begin = (): Promise<T> => this.#slots.add(call);
    try {
      return await this.#queue.add(() => (this.#pace ? this.#pace.add(begin) : begin()));
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === "AbortError") return undefined;
      throw cause;
    }
  }

  /** A changed rate begins with a period of its own. What waits was leased for as long as the old rate or deadline needs, so it is cleared. */
  takeUp(policy: ResolvedPolicy): void {
    const { rate, timeoutMs } = this.#policy;
    const hasSameRate = policy.rate?.limit === rate?.limit && policy.rate?.perMs === rate?.perMs;
    this.#policy = policy;
    this.#queue.concurrency = policy.concurrency;
    if (hasSameRate && policy.timeoutMs === timeoutMs) return;
    this.clear();
    if (!hasSameRate) this.#pace = paceOf(policy);
  }

  clear(): void {
    this.#queue.clear();
    this.#pace?.clear();
  }
}

function paceOf({ rate }: ResolvedPolicy): PQueue | undefined {
  return rate && new PQueue({ intervalCap: rate.limit, interval: rate.perMs });
}
