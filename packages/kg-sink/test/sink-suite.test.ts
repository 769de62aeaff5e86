import { httpTarget, sinkSuite } from "@bus/testkit";
import { describe, test, vi } from "vitest";
import { kgSink } from "../src/index.ts";

const MOST_RECORDS = 500;

interface Produced {
  readonly records: readonly { readonly value: { readonly properties: { readonly company_name: string } } }[];
}

// A thousand deliveries take a busy machine some seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("the suite of every sink", () => {
  sinkSuite({
    test,
    create: ({ url, secret }, extra) =>
      kgSink({ url, auth: { type: "bearer", token: secret }, batch: { lingerMs: 0 }, ...extra }),
    // As Confluent's answers: an entry for each record, also for one that failed.
    target: httpTarget({
      read: ({ method, body }) =>
        method === "POST"
          ? (JSON.parse(body) as Produced).records.map(({ value }) => ({ marker: value.properties.company_name }))
          : [],
      accept: (items) => ({ status: 200, body: { offsets: items.map((_, offset) => ({ partition: 0, offset })) } }),
      refuse: (items, refused) => ({
        status: 200,
        body: {
          offsets: items.map((item, offset) =>
            refused.includes(item) ? { error_code: 10, error: "too large" } : { partition: 0, offset },
          ),
        },
        takes: "others",
      }),
    }),
    event: (marker) => ({ type: "company.created", data: { id: marker, name: marker } }),
    batch: MOST_RECORDS,
    // A record has no room for one.
    ids: false,
    check: true,
    // Success is what the entries of the answer say, and without them nothing is known.
    outcomes: {
      "204": "retry",
      "401": "pause",
      "403": "pause",
      "409": "retry",
      "410": "retry",
      cut: "retry",
      huge: "retry",
      garbage: "retry",
    },
  });
});
