import { createBus } from "@bus/core";
import { expect, it, onTestFinished, vi } from "vitest";
// #region suite
import { httpUpstream, sourceSuite } from "@bus/testkit";
import { describe, test } from "vitest";
import { paymentEvents } from "../payment-events.ts";
import { signatureOf } from "../payment-signature.ts";
import { paymentsSource, type PaymentsApi } from "../payments-source.ts";

/** The provider, as the suite needs it: what its requests look like. */
const provider = httpUpstream<PaymentsApi>({
  body: ({ id, marker }) => JSON.stringify({ id, amount: 10, reference: marker }),
  headers: ({ secret }, body) => (secret === undefined ? {} : { "x-signature": signatureOf(body, secret) }),
  send: (request, api) => api.fetch(request),
});

describe("paymentsSource", () => {
  sourceSuite({
    test,
    create: ({ secret }, extra) => paymentsSource({ secret, ...extra }),
    upstream: provider,
    type: "payment.received",
    events: paymentEvents,
  });
});
// #endregion suite

vi.setConfig({ testTimeout: 30_000 });

/** The status and the bus's events after a call with this body, signed as the provider does: over its bytes. */
async function called(body: string | Buffer): Promise<{ readonly status: number; readonly events: number }> {
  const secret = "a-secret-of-the-provider";
  const bus = createBus({ name: "shop", events: paymentEvents, sources: { payments: paymentsSource({ secret }) } });
  onTestFinished(() => bus.stop());
  await bus.start();
  const headers = { "x-signature": signatureOf(body, secret) };
  const request = new Request("https://shop.example.com/payments", { method: "POST", headers, body });
  const { status } = await bus.sources.payments.fetch(request);
  return { status, events: (await bus.deliveries.stats()).events };
}

it.each(["", "a\nb", "\u0085", "Größe 😀"])("takes a payment whatever its reference is: %j", async (reference) => {
  expect(await called(JSON.stringify({ id: "1", amount: 10, reference }))).toEqual({ status: 204, events: 1 });
});

it("checks the signature of the bytes as they came, and refuses those that are no text", async () => {
  const body = Buffer.from('{ "id": "1", "amount": 10, "reference": "\xff" }', "latin1");

  expect(await called(body)).toEqual({ status: 400, events: 0 });
});
