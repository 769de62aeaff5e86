import { httpTarget, sinkSuite } from "@bus/testkit";
import { describe, test, vi } from "vitest";
import { webhookSink } from "../src/index.ts";
import { aMessage } from "./fixtures.ts";

// A thousand deliveries take a busy machine some seconds.
vi.setConfig({ testTimeout: 60_000 });

describe("the suite of every sink", () => {
  sinkSuite({
    test,
    create: ({ url, secret }, extra) =>
      webhookSink({
        endpoints: [{ id: "crm", url: `${url}/hook`, secret, headers: { authorization: `Bearer ${secret}` } }],
        allow: ["127.0.0.1"],
        ...extra,
      }),
    target: httpTarget({
      read: ({ headers, body }) => [
        { marker: (JSON.parse(body) as { content: string }).content, id: String(headers["x-trino-delivery"]) },
      ],
    }),
    event: (marker) => ({ type: "message.created", data: aMessage({ content: marker }) }),
    outcomes: { "410": "disable" },
  });
});
