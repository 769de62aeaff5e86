import { httpTarget, sinkSuite, type TargetItem } from "@bus/testkit";
import { describe, test, vi } from "vitest";
import { z } from "zod";
import { teleflowSink } from "../src/index.ts";

const MOST_TRIGGERS = 100;

interface Trigger {
  readonly transactionId: string;
  readonly payload: { readonly marker: string };
}

const events = { "order.shipped": z.object({ marker: z.string() }) };

const processed = ({ id }: TargetItem): object => ({ acknowledged: true, status: "processed", transactionId: id });
const failed = { acknowledged: true, status: "no_workflow_steps_defined" };
/** A bulk is answered by a list, a single trigger by its result. */
const answer = (results: readonly object[]): { status: number; body: object } => ({
  status: 201,
  body: { data: results.length === 1 ? results[0] : results },
});

// A thousand deliveries take a busy machine some seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("the suite of every sink", () => {
  sinkSuite({
    test,
    create: ({ url, secret }, extra) =>
      teleflowSink({
        url,
        apiKey: secret,
        environment: "test",
        events,
        rules: [{ on: "order.shipped", trigger: "order-shipped", to: "ann", payload: ({ data }) => data }],
        batch: { lingerMs: 0 },
        ...extra,
      }),
    target: httpTarget({
      read: ({ method, body }) => {
        if (method !== "POST") return [];
        const { events: bulk, ...single } = JSON.parse(body) as Trigger & { readonly events?: readonly Trigger[] };
        return (bulk ?? [single]).map(({ transactionId, payload }) => ({ marker: payload.marker, id: transactionId }));
      },
      accept: (items) => answer(items.map(processed)),
      refuse: (items, refused) => ({
        ...answer(items.map((item) => (refused.includes(item) ? failed : processed(item)))),
        takes: "others",
      }),
    }),
    event: (marker) => ({ type: "order.shipped", data: { marker } }),
    batch: MOST_TRIGGERS,
    check: true,
    // Success is what the results in the answer say, and without them nothing is known.
    outcomes: {
      "204": "retry",
      "3xx": "pause",
      "401": "pause",
      "403": "pause",
      "404": "pause",
      "409": "retry",
      "410": "retry",
      "429": "pause",
      cut: "retry",
      huge: "retry",
      garbage: "retry",
    },
  });
});
