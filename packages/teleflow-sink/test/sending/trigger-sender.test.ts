import { undiciTransport, type HttpTransport } from "@bus/http";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/calls/verdict.ts";
import { bulkBytes } from "../../src/calls/teleflow-client.ts";
import { allProcessed, anError, aTrigger, type ServiceAnswer, type ServiceRequest } from "../calls/a-service.ts";
import { aSender, fresh, someTriggers } from "./a-sender.ts";

const kindsOf = (verdicts: readonly Verdict[]) => verdicts.map(({ kind }) => kind);

/** Answers as a bucket of tokens does that is never filled again. */
function aBucket(tokens: number, burst = tokens) {
  let left = tokens;
  return (request: ServiceRequest) => {
    const cost = /bulk|broadcast/.test(request.path) ? 100 : 1;
    const isAllowed = cost <= left;
    if (isAllowed) left -= cost;
    const headers = {
      "ratelimit-remaining": String(isAllowed ? left : 0),
      "ratelimit-reset": "2",
      "ratelimit-policy": `60;w=1;burst=${burst}`,
    };
    const answer = isAllowed ? allProcessed(request) : anError(429, "API rate limit exceeded");
    return answer === "reset" || answer === "hang" ? answer : { ...answer, headers };
  };
}

/** Says something else of each trigger. */
function eachItsOwn({ ids }: ServiceRequest): ServiceAnswer {
  return { status: 201, body: { data: ids.map((id) => ({ status: "error", error: [`not ${id}`] })) } };
}

const wordsOf = (verdicts: readonly Verdict[]) => verdicts.map((verdict) => "words" in verdict && verdict.words);

describe("joining", () => {
  it("sends one alone as a single trigger", async () => {
    const { send, service } = await aSender(allProcessed);

    const verdicts = await send(someTriggers("a"));

    expect(verdicts).toEqual([{ kind: "processed", status: 201 }]);
    expect(service.requests).toMatchObject([{ path: "/v1/events/trigger", ids: ["a"] }]);
  });

  it("sends what several calls bring at a time in one bulk, and gives each call its own verdicts", async () => {
    const { sender, clock, sending, service } = await aSender(eachItsOwn);

    const one = sender.send(someTriggers("ab").map(fresh), sending());
    await clock.advance(1);
    const other = sender.send(someTriggers("c").map(fresh), sending());
    await clock.advance(10);

    expect(wordsOf(await one)).toEqual(["not a", "not b"]);
    expect(wordsOf(await other)).toEqual(["not c"]);
    expect(service.requests).toMatchObject([{ path: "/v1/events/trigger/bulk", ids: ["a", "b", "c"] }]);
  });

  it("does not wait with a full bulk, and splits what is more", async () => {
    const { sender, clock, sending, idsByRequest } = await aSender(eachItsOwn, { maxTriggers: 2 });

    const sent = sender.send(someTriggers("abcd").map(fresh), sending());

    expect(wordsOf(await sent)).toEqual(["not a", "not b", "not c", "not d"]);
    expect(idsByRequest()).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    expect(clock.timers).toBe(0);
  });

  it("keeps a bulk within its bytes, and sends what is larger alone", async () => {
    const large = aTrigger("large", { text: "x".repeat(1_000) });
    const small = someTriggers("abc");
    const maxBytes = bulkBytes(2, 2 * small[0]!.bytes);
    const { send, service, idsByRequest } = await aSender(allProcessed, { maxBytes });

    await send([...small, large, ...someTriggers("d")]);

    expect(idsByRequest()).toEqual([["a", "b"], ["c"], ["large"], ["d"]]);
    expect(Buffer.byteLength(service.requests[0]!.body)).toBe(maxBytes);
  });

  it("has nothing to say on nothing", async () => {
    const { sender, sending, clock } = await aSender(allProcessed);

    expect(await sender.send([], sending())).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it("asks with the epochs of the triggers", async () => {
    const { sender, clock, sending, service } = await aSender(allProcessed);

    for (const epoch of [0, 0, 1]) {
      const sent = sender.send([fresh(aTrigger("a")), { trigger: aTrigger("b"), epoch }], sending());
      await clock.advance(10);
      await sent;
    }

    const keys = service.requests.map(({ headers }) => headers["idempotency-key"]);
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
  });
});

describe("a bulk with a trigger that is at fault", () => {
  const withoutC = (status: number, message: string) => (request: ServiceRequest) =>
    request.ids.includes("c") ? anError(status, message) : allProcessed(request);

  it.each([
    ["Event at index 2: to should not be empty"],
    ["Event at index 2 exceeds the limit"],
    ["events.2.to should not be empty"],
    ["events[2].to should not be empty"],
  ])("is sent without the one that is named, which is asked for alone: %s", async (message) => {
    const { send, idsByRequest } = await aSender(withoutC(400, message));

    const verdicts = await send(someTriggers("abcd"));

    expect(kindsOf(verdicts)).toEqual(["processed", "processed", "refused", "processed"]);
    expect(verdicts[2]).toMatchObject({ reason: `Teleflow answered 400: ${message}`, status: 400 });
    expect(idsByRequest()).toEqual([["a", "b", "c", "d"], ["a", "b", "d"], ["c"]]);
  });

  it.each([400, 413, 422])("is halved after a %i that names none", async (status) => {
    const { send, idsByRequest } = await aSender(withoutC(status, "no"));

    const verdicts = await send(someTriggers("abcd"));

    expect(kindsOf(verdicts)).toEqual(["processed", "processed", "refused", "processed"]);
    expect(idsByRequest()).toEqual([["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["d"]]);
  });

  it("is halved after one is named that it does not have", async () => {
    const { send } = await aSender(withoutC(400, "Event at index 4: no"));

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["processed", "processed", "refused", "processed"]);
  });

  it("loses no good one where the wrong one is named", async () => {
    const { send } = await aSender(withoutC(400, "Event at index 0: no"));

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["processed", "processed", "refused", "processed"]);
  });

  it("is not taken apart where only the key is at fault", async () => {
    const { send, service } = await aSender(() =>
      anError(422, 'Request with key "k" is being reused for a different body'),
    );

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["reused", "reused", "reused", "reused"]);
    expect(service.requests).toHaveLength(1);
  });

  it("never asks again with a key that an error answer was given for", async () => {
    const { send, service } = await aSender(({ ids }) => anError(400, ids.length > 1 ? "Event at index 0: no" : "no"));

    await send(someTriggers("abcde"));

    const keys = service.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("what makes the rest useless", () => {
  it.each([401, 402, 403, 404])("a %i ends the call: what it still had to send got no answer", async (status) => {
    const { send, service } = await aSender(() => anError(status, "no"), { maxTriggers: 2 });

    const [first, second, ...others] = await send(someTriggers("abcdef"));

    const reason = `It was not sent: Teleflow answered ${status}: no`;
    expect([first, second]).toMatchObject([{ kind: "closed" }, { kind: "closed" }]);
    expect(others).toEqual(Array.from({ length: 4 }, () => ({ kind: "unsent", reason, isFree: true })));
    expect(service.requests).toHaveLength(1);
  });

  it("a 429 limits all that costs as much", async () => {
    const { send, service } = await aSender(() => anError(429, "no"), { maxTriggers: 2 });

    expect(kindsOf(await send(someTriggers("abcdef")))).toEqual(Array.from({ length: 6 }, () => "limited"));
    expect(service.requests).toHaveLength(1);
  });

  it("an error of the server's does not end it", async () => {
    const answerTo = (request: ServiceRequest) =>
      request.ids.includes("a") ? anError(500, "no") : allProcessed(request);
    const { send } = await aSender(answerTo, { maxTriggers: 2 });

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["failed", "failed", "processed", "processed"]);
  });

  it("no answer makes the triggers of that request unknown, and only those", async () => {
    const answerTo = (request: ServiceRequest) => (request.ids.includes("a") ? "reset" : allProcessed(request));
    const { send } = await aSender(answerTo, { maxTriggers: 2 });

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["unknown", "unknown", "processed", "processed"]);
  });

  it("no server leaves all unsent, and is looked for once", async () => {
    const transport = undiciTransport();
    let tries = 0;
    const http: HttpTransport = {
      request: (request) => {
        tries += 1;
        return transport.request(request);
      },
      stop: () => transport.stop(),
    };
    const { send, service } = await aSender(allProcessed, { maxTriggers: 2, http });
    await service.close();

    expect(kindsOf(await send(someTriggers("abcd")))).toEqual(["unsent", "unsent", "unsent", "unsent"]);
    expect(tries).toBe(1);
  });
});

describe("the end of the time", () => {
  it("with less than a second left nothing is sent", async () => {
    const { send, clock, service } = await aSender(allProcessed);

    const verdicts = await send(someTriggers("ab"), { endsAt: clock.steady() + 999 });

    expect(verdicts).toEqual(
      Array.from({ length: 2 }, () => ({ kind: "unsent", reason: "No time was left to send it.", isFree: true })),
    );
    expect(service.requests).toEqual([]);
  });

  it("a call that is aborted before it is sent does not go out, and those it had joined do", async () => {
    const { sender, clock, sending, idsByRequest } = await aSender(allProcessed);
    const stopping = new AbortController();

    const stopped = sender.send(someTriggers("ab").map(fresh), sending({ signal: stopping.signal }));
    const other = sender.send(someTriggers("cd").map(fresh), sending());
    stopping.abort();
    await clock.advance(10);

    expect(kindsOf(await stopped)).toEqual(["unsent", "unsent"]);
    expect(kindsOf(await other)).toEqual(["processed", "processed"]);
    expect(idsByRequest()).toEqual([["c", "d"]]);
  });

  it("a call that is aborted during its request makes all in it unknown, and sends no more", async () => {
    const stopping = new AbortController();
    const { sender, clock, sending, service } = await aSender(
      () => {
        stopping.abort();
        return "hang";
      },
      { maxTriggers: 3 },
    );

    const other = sender.send(someTriggers("a").map(fresh), sending());
    const stopped = sender.send(someTriggers("bcdef").map(fresh), sending({ signal: stopping.signal }));
    await clock.advance(10);

    expect(kindsOf(await other)).toEqual(["unknown"]);
    expect(kindsOf(await stopped)).toEqual(["unknown", "unknown", "unsent", "unsent", "unsent"]);
    expect(service.requests).toHaveLength(1);
  });
});

describe("a rate limit", () => {
  it("that no bulk can pass makes triggers go one by one, and what is too many waits", async () => {
    const { send, service } = await aSender(aBucket(3, 66));

    const verdicts = await send(someTriggers("abcde"));

    expect(kindsOf(verdicts)).toEqual(["processed", "processed", "processed", "limited", "limited"]);
    expect(verdicts[3]).toEqual({ kind: "limited", reason: "The rate limit of Teleflow is used up.", afterMs: 2_000 });
    expect(service.requests.map(({ path, ids }) => [path.split("/").at(-1), ...ids])).toEqual([
      ["bulk", "a", "b", "c", "d", "e"],
      ["trigger", "a"],
      ["trigger", "b"],
      ["trigger", "c"],
    ]);
  });

  it("that is known to be too low sends nothing before its reset", async () => {
    const { send, clock, service } = await aSender(aBucket(150));
    await send(someTriggers("ab"));

    const tooSoon = await send(someTriggers("cd"));
    await clock.advance(2_000);
    const refused = await send(someTriggers("cd"));

    expect(kindsOf(tooSoon)).toEqual(["limited", "limited"]);
    expect(kindsOf(refused)).toEqual(["limited", "limited"]);
    expect(service.requests).toHaveLength(2);
  });

  it("that has grown lets bulks pass again", async () => {
    let burst = 66;
    const { send, clock, service } = await aSender((request) => aBucket(burst)(request));
    await send(someTriggers("ab"));
    burst = 660;
    await clock.advance(2_000);

    await send(someTriggers("c"));
    await send(someTriggers("de"));

    expect(service.requests.at(-1)).toMatchObject({ path: "/v1/events/trigger/bulk", ids: ["d", "e"] });
  });
});

describe("a broadcast", () => {
  it("goes alone, in its own request", async () => {
    const { sender, sending, service } = await aSender(allProcessed);

    const verdict = await sender.broadcast(fresh(aTrigger("a")), sending());

    expect(verdict).toEqual({ kind: "processed", status: 201 });
    expect(service.requests).toMatchObject([{ path: "/v1/events/trigger/broadcast" }]);
  });

  it("has a key by its epoch", async () => {
    const { sender, sending, service } = await aSender(allProcessed);

    for (const epoch of [0, 0, 1]) await sender.broadcast({ trigger: aTrigger("a"), epoch }, sending());

    const keys = service.requests.map(({ headers }) => headers["idempotency-key"]);
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
  });

  it("is impossible where it costs more than the rate limit ever allows, found out at once or known", async () => {
    const { sender, sending, service } = await aSender(aBucket(66));

    const first = await sender.broadcast(fresh(aTrigger("a")), sending());
    const second = await sender.broadcast(fresh(aTrigger("b")), sending());

    const reason = "A broadcast costs 100 of the rate limit, which allows 66 at most: raise it at the service.";
    expect([first, second]).toEqual([
      { kind: "impossible", reason },
      { kind: "impossible", reason },
    ]);
    expect(service.requests).toHaveLength(1);
  });

  it("is tried again after a minute, for nobody tells that the rate limit was raised", async () => {
    let burst = 66;
    const { sender, sending, clock, service } = await aSender((request) => aBucket(burst)(request));
    await sender.broadcast(fresh(aTrigger("a")), sending());
    burst = 660;

    await clock.advance(59_000);
    const before = await sender.broadcast(fresh(aTrigger("a")), sending());
    await clock.advance(1_000);
    const after = await sender.broadcast(fresh(aTrigger("a")), sending());

    expect(kindsOf([before, after])).toEqual(["impossible", "processed"]);
    expect(service.requests).toHaveLength(2);
  });

  it("waits for the rate limit, for nobody else's sake", async () => {
    const { sender, sending, service } = await aSender(aBucket(150));

    await sender.broadcast(fresh(aTrigger("a")), sending());
    const verdict = await sender.broadcast(fresh(aTrigger("b")), sending());

    expect(verdict).toMatchObject({ kind: "limited", afterMs: 2_000 });
    expect(service.requests).toHaveLength(1);
  });

  it("is not sent with no time left, or after its end", async () => {
    const { sender, sending, clock, service } = await aSender(allProcessed);

    const late = await sender.broadcast(fresh(aTrigger("a")), sending({ endsAt: clock.steady() + 999 }));
    const ended = await sender.broadcast(fresh(aTrigger("a")), sending({ signal: AbortSignal.abort() }));

    expect(kindsOf([late, ended])).toEqual(["unsent", "unsent"]);
    expect(service.requests).toEqual([]);
  });

  it.each([400, 413, 422])("is refused by a %i", async (status) => {
    const { sender, sending } = await aSender(() => anError(status, "no"));

    expect(await sender.broadcast(fresh(aTrigger("a")), sending())).toMatchObject({ kind: "refused", status });
  });
});
