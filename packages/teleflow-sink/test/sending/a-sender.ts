import type { HttpTransport } from "@bus/http";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { TriggerSender, type Sendable, type Sending } from "../../src/sending/trigger-sender.ts";
import type { BulkBounds } from "../../src/sending/trigger-packer.ts";
import type { WireTrigger } from "../../src/rules/wire-trigger.ts";
import {
  aClient,
  aService,
  aTrigger,
  type Service,
  type ServiceAnswer,
  type ServiceRequest,
} from "../calls/a-service.ts";

export interface SenderRig {
  readonly sender: TriggerSender;
  readonly service: Service;
  readonly clock: VirtualClock;
  /** With time enough, unless told otherwise. */
  sending(overrides?: Partial<Sending>): Sending;
  /** Sends in one call, and lets the time pass in which others may join. */
  send(triggers: readonly WireTrigger[], overrides?: Partial<Sending>): ReturnType<TriggerSender["send"]>;
  /** The ids of each request so far, in order. */
  idsByRequest(): readonly (readonly string[])[];
}

export async function aSender(
  answerTo: (request: ServiceRequest, index: number) => ServiceAnswer,
  { http, ...bounds }: Partial<BulkBounds> & { readonly http?: HttpTransport } = {},
): Promise<SenderRig> {
  const clock = virtualClock();
  const service = await aService(answerTo);
  const client = aClient(service.url, { clock, ...(http && { http }) });
  const sender = new TriggerSender(client, { maxTriggers: 100, maxBytes: 1_000_000, ...bounds }, clock);
  const sending = (overrides: Partial<Sending> = {}): Sending => ({
    signal: new AbortController().signal,
    endsAt: clock.steady() + 30_000,
    ...overrides,
  });
  return {
    sender,
    service,
    clock,
    sending,
    async send(triggers, overrides) {
      const sent = sender.send(triggers.map(fresh), sending(overrides));
      await clock.advance(10);
      return sent;
    },
    idsByRequest: () => service.requests.map(({ ids }) => ids),
  };
}

export function fresh(trigger: WireTrigger): Sendable {
  return { trigger, epoch: 0 };
}

/** Triggers with these ids: letters are enough for most. */
export function someTriggers(ids: Iterable<string>, payload: object = {}): readonly WireTrigger[] {
  return Array.from(ids, (id) => aTrigger(id, payload));
}
