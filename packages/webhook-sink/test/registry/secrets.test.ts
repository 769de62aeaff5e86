import { inspect } from "node:util";
import { BusError } from "@bus/core";
import { verifySha256 } from "@bus/http";
import { describe, expect, it } from "vitest";
import { aStartedBus, NOW, type StartedBus } from "../a-started-bus.ts";
import { aReceiver, type Received } from "../receiver.ts";

const HOUR_MS = 3_600_000;

/** Which of the secrets have signed the request, by their place. */
function signersOf({ headers, body }: Received, secrets: readonly string[], now: number): readonly number[] {
  const signature = String(headers["x-trino-signature"]);
  const timestamp = String(headers["x-trino-timestamp"]);
  return secrets.flatMap((secret, index) => {
    try {
      verifySha256([secret], { signature, timestamp, body }, { now });
      return [index];
    } catch (error) {
      if (!BusError.is(error, "BUS_SIGNATURE_INVALID")) throw error;
      return [];
    }
  });
}

/** A bus with one webhook, and who signs what is sent to it. */
async function aSignedWebhook() {
  const receiver = await aReceiver();
  const started = await aStartedBus();
  const { webhooks } = started.bus.sinks.hooks;
  const secrets: string[] = [(await webhooks.create({ accountId: 1, url: receiver.url })).secret];
  return {
    ...started,
    webhooks,
    secrets,
    rotate: async (overlapMs?: number) =>
      void secrets.push((await webhooks.rotateSecret(1, overlapMs === undefined ? {} : { overlapMs })).secret),
    signers: () => signersOfNext(started, receiver.received, secrets),
  };
}

async function signersOfNext(
  { publish, until, clock }: StartedBus,
  received: readonly Received[],
  secrets: readonly string[],
): Promise<readonly number[]> {
  const count = received.length;
  await publish();
  await until(() => expect(received.length).toBe(count + 1));
  return signersOf(received[count]!, secrets, clock.now());
}

describe("a secret", () => {
  it("signs from the creation on", async () => {
    const { signers } = await aSignedWebhook();

    expect(await signers()).toEqual([0]);
  });

  it("signs beside the next one for a day, unless told otherwise", async () => {
    const { signers, rotate, clock } = await aSignedWebhook();

    await rotate();
    const during = await signers();
    await clock.advance(24 * HOUR_MS - 1_000);
    const late = await signers();
    await clock.advance(1_000);

    expect([during, late, await signers()]).toEqual([[0, 1], [0, 1], [1]]);
  });

  it("signs no longer at all when it is replaced without an overlap", async () => {
    const { signers, rotate } = await aSignedWebhook();
    await rotate(HOUR_MS);

    await rotate(0);

    expect(await signers()).toEqual([2]);
  });

  it("signs through a second rotation, for no longer than either window", async () => {
    const { signers, rotate, clock } = await aSignedWebhook();
    await rotate(HOUR_MS);
    await clock.advance(HOUR_MS / 2);

    await rotate(2 * HOUR_MS);
    const all = await signers();
    await clock.advance(HOUR_MS / 2);
    const two = await signers();
    await clock.advance(2 * HOUR_MS);

    expect([all, two, await signers()]).toEqual([[0, 1, 2], [1, 2], [2]]);
  });

  it("signs with at most three older ones", async () => {
    const { signers, rotate } = await aSignedWebhook();

    for (let count = 0; count < 6; count += 1) await rotate();

    expect(await signers()).toEqual([3, 4, 5, 6]);
  });

  it("is replaced by one that is told once, in a change that shows", async () => {
    const { webhooks, clock } = await aSignedWebhook();
    await clock.advance(1_000);

    const { secret, ...view } = await webhooks.rotateSecret(1);

    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(view).toEqual(await webhooks.get(1));
    expect(view.updatedAt).toBe(NOW + 1_000);
  });

  it("shows in no view, error, log, delivery or inspection", async () => {
    const { bus, webhooks, secrets, rotate, publish, until, deliveries, warnings, signals } = await aSignedWebhook();
    await rotate();
    await publish();
    await until(async () => expect(await deliveries()).toMatchObject([{ state: "delivered" }]));
    const errors = await Promise.all([
      webhooks.create({ accountId: 1, url: (await webhooks.get(1))!.url }).catch((error: unknown) => error),
      webhooks.update(1, { headers: { host: "x" } }).catch((error: unknown) => error),
    ]);

    const shown = inspect(
      [
        bus,
        bus.sinks.hooks,
        bus.inspect(),
        await webhooks.get(1),
        await webhooks.list(),
        await webhooks.update(1, { name: "x" }),
        await webhooks.test(1),
        await deliveries(),
        errors,
        warnings,
        signals,
      ],
      { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null },
    );

    expect(errors).toMatchObject([{ code: "BUS_WEBHOOK_INVALID" }, { code: "BUS_WEBHOOK_INVALID" }]);
    for (const secret of secrets) expect(shown).not.toContain(secret);
    for (const secret of secrets) expect(shown).not.toContain(secret.slice("whsec_".length));
  });
});
