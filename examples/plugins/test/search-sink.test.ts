import { vi } from "vitest";
// #region suite
import { httpTarget, sinkSuite } from "@bus/testkit";
import { describe, test } from "vitest";
import { searchSink } from "../search-sink.ts";

interface Posted {
  readonly documents: readonly { readonly id: string; readonly data: { readonly marker: string } }[];
}

/** An index, as the suite needs it: what a request asks for, and what is answered. */
const index = httpTarget({
  read: ({ method, body }) =>
    method === "POST"
      ? (JSON.parse(body) as Posted).documents.map(({ id, data }) => ({ id, marker: data.marker }))
      : [],
  accept: (items) => ({ status: 200, body: { results: items.map(() => "stored") } }),
  refuse: (items, refused) => ({
    status: 200,
    body: { results: items.map((item) => (refused.includes(item) ? "refused" : "stored")) },
    takes: "others",
  }),
});

describe("searchSink", () => {
  sinkSuite({
    test,
    create: ({ url, secret }, extra) => searchSink({ url, key: secret, ...extra }),
    event: (marker) => ({ type: "order.placed", data: { marker }, options: { tenant: "acme" } }),
    target: index,
    batch: 20,
    check: true,
    // Where it says something else than most sinks.
    outcomes: {
      "204": "retry",
      "401": "pause",
      "403": "pause",
      "404": "disable",
      cut: "retry",
      huge: "retry",
      garbage: "retry",
    },
  });
});
// #endregion suite

vi.setConfig({ testTimeout: 30_000 });
