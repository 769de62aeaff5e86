import { BusError } from "@bus/core";
import { gotTransport } from "@bus/http";
import type { KafkaRestStubOptions } from "@bus/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import type { KgAuth } from "../../src/index.ts";
import { RestProxy } from "../../src/delivery/rest-proxy.ts";
import { aProxy } from "../a-proxy.ts";

async function aRestProxy(options: KafkaRestStubOptions = {}, auth?: KgAuth, headers: Record<string, string> = {}) {
  const stub = await aProxy(options);
  const http = gotTransport();
  onTestFinished(() => http.stop());
  const proxy = new RestProxy(http, { url: stub.url, topic: "twake", deadlineMs: 5_000, headers, auth });
  return { stub, check: () => proxy.check(new AbortController().signal), hide: (words: string) => proxy.hide(words) };
}

describe("the check", () => {
  it("asks a proxy that is well for its topics, with the host's credentials, and changes nothing", async () => {
    const { stub, check } = await aRestProxy({ authorization: "Bearer a" }, { type: "bearer", token: "a" });

    await check();

    expect(stub.requests).toMatchObject([
      { method: "GET", path: "/topics", status: 200, headers: { accept: "application/vnd.kafka.v2+json" } },
    ]);
    expect(stub.requests[0]!.headers["content-type"]).toBeUndefined();
    expect(stub.stored).toEqual([]);
  });

  it("says what is wrong with one that does not let it in", async () => {
    const { stub, check } = await aRestProxy({ authorization: "Bearer a" });

    const error: unknown = await check().catch((reason: unknown) => reason);

    expect(BusError.is(error, "BUS_HTTP_FAILED") && error.message).toBe(
      `The request to ${stub.url} failed at the answer 401.`,
    );
  });

  it("fails where there is no proxy", async () => {
    const { stub, check } = await aRestProxy();
    await stub.close();

    await expect(check()).rejects.toMatchObject({ code: "BUS_HTTP_FAILED" });
  });
});

describe("the proxy's words", () => {
  it("are kept without the host's credentials, however short these are", async () => {
    const basic = await aRestProxy({}, { type: "basic", username: "us", password: "pw" });
    const bearer = await aRestProxy({}, { type: "bearer", token: "t0k" });

    expect(basic.hide("no: us, pw, Basic dXM6cHc=")).toBe("no: us, ***, Basic ***");
    expect(bearer.hide("no: t0k")).toBe("no: ***");
  });

  it("are kept without a header of the host's that begins with another", async () => {
    const { hide } = await aRestProxy({}, undefined, { one: "tenant", two: "tenant-s3cret" });

    expect(hide("no: tenant-s3cret, tenant")).toBe("no: ***, ***");
  });

  it("are cut, but never in the middle of a secret", async () => {
    const { hide } = await aRestProxy({}, { type: "bearer", token: "super-secret" });

    expect(hide(`${"x".repeat(995)}super-secret and more`)).toBe(`${"x".repeat(995)}*** a`);
  });
});
