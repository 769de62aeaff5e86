import { vi } from "vitest";
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
