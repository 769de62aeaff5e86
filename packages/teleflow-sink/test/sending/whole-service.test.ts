import { teleflowStub, virtualClock, type TeleflowRateLimit, type TeleflowStubOptions } from "@bus/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Verdict } from "../../src/calls/verdict.ts";
import type { WireTrigger } from "../../src/rules/wire-trigger.ts";
import { TriggerSender, type Sendable } from "../../src/sending/trigger-sender.ts";
import { aClient, API_KEY } from "../calls/a-service.ts";

const TRIGGERS = 250;

async function aWholeService(options: TeleflowStubOptions = {}) {
  const clock = virtualClock();
  const stub = await teleflowStub({ apiKey: API_KEY, clock, ...options });
  onTestFinished(() => stub.close());
  const client = aClient(`${stub.url}/v1`, { clock });
  const sender = new TriggerSender(client, { maxTriggers: 100, maxBytes: 1_000_000 }, clock);
  const send = async (triggers: readonly Sendable[]): Promise<readonly Verdict[]> => {
    const sent = sender.send(triggers, { signal: new AbortController().signal, endsAt: clock.steady() + 30_000 });
    await clock.advance(10);
    return sent;
  };
  return { clock, stub, send };
}

function aTriggerFor(subscriberId: string, transactionId: string): WireTrigger {
  const json = JSON.stringify({ name: "welcome", to: [{ subscriberId }], payload: {}, transactionId });
  return { transactionId, json, bytes: Buffer.byteLength(json) };
}

function someSendables(count: number): readonly Sendable[] {
  return Array.from({ length: count }, (_, index) => ({ trigger: aTriggerFor(`s${index}`, `tf_${index}`), epoch: 0 }));
}

const theirSubscribers = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`).toSorted();

/** Sends again what the rate limit holds back, each time when it says so, until all is sent. Gives the rounds that took. */
async function sendAll({ clock, send }: Awaited<ReturnType<typeof aWholeService>>, all: readonly Sendable[]) {
  const rounds: (readonly Verdict[])[] = [];
  for (let left = all; left.length > 0 && rounds.length < 50;) {
    const verdicts = await send(left);
    rounds.push(verdicts);
    left = left.filter((_, index) => verdicts[index]?.kind === "limited");
    await clock.advance(Math.max(0, ...verdicts.map((verdict) => (verdict.kind === "limited" ? verdict.afterMs : 0))));
  }
  return rounds;
}

describe("with a whole service", () => {
  it("every subscriber gets its notification", async () => {
    const { stub, send } = await aWholeService();

    await send(someSendables(TRIGGERS));
    await stub.settled();

    expect(stub.notifications.map(({ subscriberId }) => subscriberId).toSorted()).toEqual(theirSubscribers(TRIGGERS));
    expect(stub.requests.map(({ operation, triggers }) => `${operation} of ${triggers.length}`).toSorted()).toEqual([
      "bulk of 100",
      "bulk of 100",
      "bulk of 50",
    ]);
  });

  it.each<[string, TeleflowRateLimit, number]>([
    ["too small for any bulk", { limit: 60, windowSeconds: 1, burst: 66 }, 10],
    ["of one bulk at a time", { limit: 100, windowSeconds: 1, burst: 110 }, 6],
    ["of all", { limit: 600, windowSeconds: 1, burst: 660 }, 1],
  ])("all get it within a rate limit that is %s, with few requests in vain", async (_, rateLimit, rounds) => {
    const service = await aWholeService({ rateLimit });

    const taken = await sendAll(service, someSendables(TRIGGERS));
    await service.stub.settled();

    const { stub } = service;
    expect(stub.notifications.map(({ subscriberId }) => subscriberId).toSorted()).toEqual(theirSubscribers(TRIGGERS));
    expect(stub.requests.filter(({ status }) => status === 429).length).toBeLessThan(rounds + 1);
    expect(taken.length).toBeLessThanOrEqual(rounds);
  });

  it("an error that the service keeps for a key is asked about anew in the next epoch, and not before", async () => {
    const { stub, send } = await aWholeService();
    stub.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 500 } : undefined) };
    const triggers = someSendables(2);

    const first = await send(triggers);
    const same = await send(triggers);
    const next = await send(triggers.map(({ trigger }) => ({ trigger, epoch: 1 })));

    expect([first, same, next].map(([verdict]) => verdict?.kind)).toEqual(["failed", "failed", "processed"]);
  });
});
