import { defineSink, delivered, type Delivery, type Outcome, type Sink, type SinkPlugin } from "@bus/core";
import { z } from "zod";
import type { Mortality } from "./mortality.ts";
import type { Arrival } from "./receiver.ts";

export interface ReceiverSinkOptions {
  readonly url: string;
  /** Which process this is. */
  readonly life: number;
  readonly mortality: Mortality;
  /** More than once is sabotage. */
  readonly times: number;
}

const DATA = z.object({ key: z.string(), sequence: z.number() });

/** Sends each delivery to the receiver in the other process. */
export function receiverSink({ url, life, mortality, times }: ReceiverSinkOptions): SinkPlugin<undefined, undefined> {
  const deliver = async (
    [delivery]: readonly Delivery[],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<readonly Outcome[]> => {
    if (delivery === undefined) return [];
    const { event, attempt } = delivery;
    const arrival: Arrival = { life, id: event.id, ...DATA.parse(event.data), attempt };
    mortality.pass("before-send");
    for (let time = 0; time < times; time += 1) await post(url, arrival, signal);
    mortality.pass("after-answer");
    return [delivered()];
  };
  // A delivery that was out at many kills is not to end as a dead letter.
  const policy = {
    ordering: "key",
    concurrency: 4,
    retry: { baseMs: 50, factor: 1, maxMs: 50, attempts: 1_000 },
  } as const;
  return defineSink({ name: "receiver", options: z.object({}), create: (): Sink<undefined> => ({ deliver }) })(
    {},
    policy,
  );
}

async function post(url: string, arrival: Arrival, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(arrival), signal });
  await answer.text();
  if (!answer.ok) throw new Error(`The receiver answered ${answer.status}.`);
}
