import { Agent } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { httpTarget } from "../../src/index.ts";
import { aTarget, markers, OPTIONS, playing, post, until } from "./a-target.ts";

describe("a target that is well", () => {
  it("takes what a request asks for, and answers 200 with an empty object", async () => {
    const target = await aTarget();

    const response = await post(target, "a,b");

    expect([response.statusCode, await text(response)]).toEqual([200, "{}"]);
    expect(target.requests).toEqual([[{ marker: "a" }, { marker: "b" }]]);
    expect(target.methods).toEqual(["POST"]);
    expect(markers(target.effects)).toEqual(["a", "b"]);
  });

  it("answers as its options say", async () => {
    const target = await aTarget({ accept: (items) => ({ status: 201, headers: { "x-count": "1" }, body: items }) });

    const response = await post(target, "a");

    expect([response.statusCode, response.headers["x-count"], await text(response)]).toEqual([
      201,
      "1",
      '[{"marker":"a"}]',
    ]);
  });

  it("shows `read` the whole request", async () => {
    const seen: unknown[] = [];
    const target = await aTarget({
      read: ({ method, path, headers, body }) => {
        seen.push([method, path, headers["authorization"], body]);
        return [];
      },
    });

    await post(target, "a");

    expect(seen).toEqual([["POST", "/", "Bearer key", "a"]]);
  });

  it("counts connections, not requests", async () => {
    const target = await aTarget();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    for (const body of ["a", "b"]) await text(await post(target, body, agent));
    agent.destroy();
    await text(await post(target, "c"));

    expect(target.connections).toBe(2);
    expect(target.requests).toHaveLength(3);
  });

  it("says which function of its options threw, when it closes", async () => {
    const target = await aTarget({
      read: () => {
        throw new Error("What is this?");
      },
    });

    await expect(post(target, "a")).rejects.toThrow("socket hang up");

    await expect(target.close()).rejects.toMatchObject({ cause: { message: "What is this?" } });
  });
});

describe("a target that refuses an item", () => {
  it("answers 422, and nothing takes effect", async () => {
    const target = await aTarget();
    target.refused.add("b");

    const response = await post(target, "a,b");

    expect(response.statusCode).toBe(422);
    expect(target.effects).toEqual([]);
  });

  it("answers as its options say, and takes the others where they say so", async () => {
    const target = await aTarget({
      refuse: (items, refused) => ({ status: 200, body: [items.length, refused.length], takes: "others" }),
    });
    target.refused.add("b");

    const response = await post(target, "a,b,c");

    expect([response.statusCode, await text(response)]).toEqual([200, "[3,1]"]);
    expect(markers(target.effects)).toEqual(["a", "c"]);
  });

  it.each([
    ["outside", {}],
    ["inside", { refuse: () => ({ status: 200 }) }],
  ])("tells that it refuses %s of an answer that says success", (refusal, options) => {
    expect(httpTarget({ ...OPTIONS, ...options }).refusal).toBe(refusal);
  });
});

describe("a target that is down", () => {
  it("refuses connections, and ends those there are", async () => {
    const target = await aTarget();
    playing(target, { kind: "hang" });
    const hanging = post(target, "a");
    await until(() => target.requests.length > 0);

    await Promise.all([target.goDown(), expect(hanging).rejects.toThrow("socket hang up")]);

    await expect(post(target, "b")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(target.underWay).toBe(0);
  });

  it("is at the same address, with what it had, when it is up again", async () => {
    const target = await aTarget();
    const { url } = target;
    await post(target, "a");
    await target.goDown();

    await target.comeUp();
    await post(target, "b");

    expect(target.url).toBe(url);
    expect(markers(target.effects)).toEqual(["a", "b"]);
  });

  it("goes down twice without complaint", async () => {
    const target = await aTarget();

    await target.goDown();

    await expect(target.goDown()).resolves.toBeUndefined();
  });
});
