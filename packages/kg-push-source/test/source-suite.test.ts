import { httpUpstream, sourceSuite, type HttpUpstreamOptions, type SourceSuiteOptions } from "@bus/testkit";
import { describe, test } from "vitest";
import { kgPushEvents, kgPushSource, type KgPushSourceApi } from "../src/index.ts";
import { PATH } from "./a-push-source.ts";

const subject: Omit<SourceSuiteOptions, "test" | "upstream"> = {
  create: ({ secret }, extra) => kgPushSource({ tokens: secret, ...extra }),
  type: "kg.user_tags",
  events: kgPushEvents,
};

/** With an Idempotency-Key, or else known by what is in it. */
function upstreamOf({ hasKey }: { readonly hasKey: boolean }): Pick<HttpUpstreamOptions<never>, "body" | "headers"> {
  return {
    body: ({ marker, id }) => {
      const data = { tags: [{ value: marker, weight: 1 }], ...(!hasKey && { run: id }) };
      return JSON.stringify({
        events: [{ recipients: [{ type: "user", id: "a" }], event: { type: "user_tags", data } }],
      });
    },
    headers: ({ id, secret }) => ({
      "content-type": "application/json",
      ...(hasKey && { "idempotency-key": id }),
      ...(secret !== undefined && { authorization: `Token ${secret}` }),
    }),
  };
}

describe.each([
  ["with an Idempotency-Key", true],
  ["known by their content", false],
])("pushes through a Fetch API router, %s", (_, hasKey) => {
  sourceSuite({
    test,
    ...subject,
    upstream: httpUpstream<KgPushSourceApi>({
      ...upstreamOf({ hasKey }),
      url: `http://chat.test${PATH}`,
      send: (request, api) => api.fetch(request),
    }),
  });
});

describe("pushes to its own listener", () => {
  sourceSuite({
    test,
    ...subject,
    create: ({ secret }, extra) => kgPushSource({ tokens: secret, listen: { port: 0 }, ...extra }),
    upstream: httpUpstream<KgPushSourceApi>({
      ...upstreamOf({ hasKey: true }),
      // Until it listens it is as if nobody were there.
      send: (request, { url = "http://127.0.0.1:9/" }) => fetch(new Request(url, request)),
    }),
  });
});
