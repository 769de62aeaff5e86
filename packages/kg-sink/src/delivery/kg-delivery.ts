import { isPromise } from "node:util/types";
import {
  rejected,
  type BatchBounds,
  type BusEvent,
  type Clock,
  type DeliverContext,
  type Delivery,
  type Logger,
  type Outcome,
  type Sink,
} from "@bus/core";
import type { ParsedOptions } from "../options.ts";
import type { KgRecord } from "../records/kg-record.ts";
import type { Recorded, RecordMaker } from "../records/record-maker.ts";
import { askingOnce, type SharingPreferences } from "../records/sharing-preferences.ts";
import { heldBehind, holdsBack } from "./hold-back.ts";
import { OutcomeBoard } from "./outcome-board.ts";
import { packRecords } from "./pack-records.ts";
import { keyOf } from "./record-key.ts";
import { RecordSender } from "./record-sender.ts";
import type { RestProxy } from "./rest-proxy.ts";
import { headOf, wireRecord, type WireRecord } from "./wire-record.ts";

export interface KgDeliveryParts {
  readonly options: ParsedOptions;
  readonly maker: RecordMaker;
  readonly preferences: SharingPreferences;
  readonly proxy: RestProxy;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What one `deliver` may take beyond the deadline of its first request, for those that come of it. */
const SPARE_MS = 25_000;
/** What the engine leaves to say what came of it. */
const GRACE_MS = 5_000;

/** How long the engine gives an attempt whose requests have this deadline. */
export function timeoutMsOf(deadlineMs: number): number {
  return deadlineMs + SPARE_MS + GRACE_MS;
}

/**
 * Delivers a batch of events as records, in as few requests as the bounds allow.
 *
 * @see docs/spec/knowledge-graph.md#1-outbound-buskg-sink
 */
export class KgDelivery implements Sink<undefined> {
  readonly batch: BatchBounds;
  readonly #parts: KgDeliveryParts;
  readonly #sender: RecordSender;
  readonly #isStrict: boolean;
  /** What the records of an event begin with; undefined where the host gives no key. */
  readonly #headOf: (event: BusEvent) => string | undefined;

  constructor(parts: KgDeliveryParts) {
    const { options, ...rest } = parts;
    const { maxRecords, maxBytes, lingerMs } = options.batch;
    this.batch = { maxItems: maxRecords, maxBytes, lingerMs };
    this.#parts = parts;
    this.#isStrict = options.ordering === "strict";
    this.#sender = new RecordSender({ ...rest, isStrict: this.#isStrict });
    this.#headOf = headsBy(options.key, parts.logger);
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    const { options, clock, maker, preferences } = this.#parts;
    const endsAt = clock.steady() + options.deadlineMs + SPARE_MS;
    const board = new OutcomeBoard(batch.length);
    const sharingOf = askingOnce(preferences, signal);
    const made = batch.map(({ event }) => maker.recordsOf(event, sharingOf));
    const recorded = made.every(isMade) ? made : await Promise.all(made);
    const records = this.#written(batch, recorded, board);
    await this.#sender.send(packRecords(records, options.batch), { batch, board, signal, endsAt });
    return board.outcomes;
  }

  /** Asks the proxy for its topics. @throws {BusError} BUS_HTTP_FAILED, or as `HttpTransport.request` does */
  check({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    return this.#parts.proxy.check(signal);
  }

  /** The records to send. What is decided without them goes on the board. */
  #written(batch: readonly Delivery[], recorded: readonly Recorded[], board: OutcomeBoard): readonly WireRecord[] {
    const written: WireRecord[] = [];
    let held: Outcome | undefined;
    for (const [index, delivery] of batch.entries()) {
      const made = recorded[index];
      if (made === undefined) continue;
      const one = this.#keyed(delivery.event, made);
      if ("outcome" in one) {
        board.add(index, one.outcome);
        if (holdsBack(one.outcome, this.#isStrict)) held ??= heldBehind(delivery);
      } else if (held) board.add(index, held);
      else for (const record of one.records) written.push(wireRecord(index, one.head, record));
    }
    return written;
  }

  /** The records with what they begin with. */
  #keyed(
    event: BusEvent,
    recorded: Recorded,
  ): { readonly head: string; readonly records: readonly KgRecord[] } | { readonly outcome: Outcome } {
    if ("outcome" in recorded) return recorded;
    const head = this.#headOf(event);
    return head === undefined ? { outcome: rejected("the option key gave no text") } : { head, ...recorded };
  }
}

/** Of one key for all, what the records begin with is made once. */
function headsBy(key: ParsedOptions["key"], logger: Logger): (event: BusEvent) => string | undefined {
  if (typeof key === "string") {
    const head = headOf(key);
    return () => head;
  }
  return (event) => {
    const made = keyOf(key, event, logger);
    return made === undefined ? undefined : headOf(made);
  };
}

function isMade(one: Recorded | Promise<Recorded>): one is Recorded {
  return !isPromise(one);
}
