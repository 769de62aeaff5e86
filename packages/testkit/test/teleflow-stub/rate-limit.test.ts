import { expect, it } from "vitest";
import { virtualClock } from "../../src/index.ts";
import { aStub, ask, aTrigger, broadcast, bulk, cancel, trigger, type Answered } from "./a-stub.ts";

/** 60 a second, 66 at once: what the service gives for nothing. */
const FREE = { limit: 60, windowSeconds: 1, burst: 66 };

it("says nothing of limits if there are none", async () => {
  const stub = await aStub();

  const { headers } = await trigger(stub, aTrigger());

  expect([...headers.keys()].filter((name) => name.startsWith("ratelimit"))).toEqual([]);
});

it("tells limit, policy and what is left with each answer, errors too", async () => {
  const stub = await aStub({ rateLimit: { limit: 600, windowSeconds: 10, burst: 660 }, clock: virtualClock() });

  const answers = [await trigger(stub, aTrigger()), await trigger(stub, {}), await bulk(stub, [aTrigger()])];

  const policy = 'burst=660;comment="token bucket";category="trigger"';
  expect(answers.map(limitsOf)).toEqual([
    ["600", "659", "1", `600;w=10;${policy};cost="single";serviceLevel="free"`, null],
    ["600", "658", "1", `600;w=10;${policy};cost="single";serviceLevel="free"`, null],
    ["600", "558", "2", `600;w=10;${policy};cost="bulk";serviceLevel="free"`, null],
  ]);
});

it("answers 429 when the bucket is empty, until a token has come back", async () => {
  const clock = virtualClock();
  const stub = await aStub({ rateLimit: { limit: 1, windowSeconds: 10, burst: 2 }, clock });
  await trigger(stub, aTrigger());
  await cancel(stub, "t1");

  const refused = await trigger(stub, aTrigger({ transactionId: "t2" }));
  await clock.advance(9_999);
  const early = await trigger(stub, aTrigger({ transactionId: "t2" }));
  await clock.advance(1);
  const late = await trigger(stub, aTrigger({ transactionId: "t2" }));

  expect(refused.status).toBe(429);
  expect(refused.json).toEqual({ statusCode: 429, message: "API rate limit exceeded" });
  expect(refused.headers.get("retry-after")).toBe("10");
  expect(refused.headers.get("ratelimit-reset")).toBe("10");
  expect(refused.headers.get("ratelimit-remaining")).toBe("0");
  expect(early.headers.get("retry-after")).toBe("1");
  expect(late).toMatchObject({ status: 201 });
});

it("takes a hundred for a bulk and for a broadcast, of whatever size", async () => {
  const clock = virtualClock();
  const stub = await aStub({ rateLimit: { limit: 100, windowSeconds: 1, burst: 250 }, clock });

  const answers = [
    await bulk(stub, [aTrigger()]),
    await broadcast(stub, { name: "incident", payload: {} }),
    await bulk(stub, [aTrigger()]),
    await trigger(stub, aTrigger()),
  ];

  expect(answers.map(({ status }) => status)).toEqual([201, 201, 429, 201]);
});

it("never lets a bulk pass whose cost is more than the burst, and takes it for a debt at first", async () => {
  const clock = virtualClock();
  const stub = await aStub({ rateLimit: FREE, clock });

  const first = await bulk(stub, [aTrigger()]);
  const single = await trigger(stub, aTrigger());
  await clock.advance(1_000);
  const second = await bulk(stub, [aTrigger()]);
  const later = await trigger(stub, aTrigger());
  await clock.advance(3_600_000);
  const third = await bulk(stub, [aTrigger()]);

  expect([first, single, second, later, third].map(({ status }) => status)).toEqual([429, 429, 429, 201, 429]);
  expect(first.headers.get("ratelimit-policy")).toContain("60;w=1;burst=66;");
});

it("counts neither a request without a key nor one that reads notifications", async () => {
  const stub = await aStub({ rateLimit: FREE, clock: virtualClock() });
  await trigger(stub, aTrigger(), { authorization: "none" });

  const read = await ask(stub, "GET", "/notifications");
  const sent = await trigger(stub, aTrigger());

  expect(read.headers.get("ratelimit-policy")).toContain('category="global"');
  expect(sent.headers.get("ratelimit-remaining")).toBe("65");
});

it("keeps no 429 under an idempotency key", async () => {
  const clock = virtualClock();
  const stub = await aStub({ rateLimit: { limit: 1, windowSeconds: 1, burst: 1 }, clock });
  await trigger(stub, aTrigger());
  const key = { "idempotency-key": "k" };

  const refused = await trigger(stub, aTrigger({ transactionId: "t2" }), key);
  await clock.advance(1_000);
  const taken = await trigger(stub, aTrigger({ transactionId: "t2" }), key);

  expect([refused, taken].map(({ status }) => status)).toEqual([429, 201]);
  expect(taken.headers.get("idempotency-replay")).toBeNull();
});

function limitsOf({ headers }: Answered): readonly (string | null)[] {
  return ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "ratelimit-policy", "retry-after"].map((name) =>
    headers.get(name),
  );
}
