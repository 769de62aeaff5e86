import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { describe, expect, it } from "vitest";
import type { Webhooks } from "../../src/index.ts";
import { aStartedBus } from "../a-started-bus.ts";
import { aTempFile } from "./stores.ts";

const crm = { accountId: 1, url: "https://crm.test/hook" };

const taken = {
  code: "BUS_WEBHOOK_INVALID",
  cause: { issues: [{ path: ["url"], message: "Url has already been taken" }] },
};

async function webhooksOfABus(): Promise<Webhooks> {
  const { bus } = await aStartedBus({ store: memoryStore() });
  return bus.sinks.hooks.webhooks;
}

async function webhooksOfTwoBuses(): Promise<readonly [Webhooks, Webhooks]> {
  const path = aTempFile();
  const one = await aStartedBus({ store: sqliteStore({ path }) });
  const other = await aStartedBus({ store: sqliteStore({ path }) });
  return [one.bus.sinks.hooks.webhooks, other.bus.sinks.hooks.webhooks];
}

async function created(calls: readonly Promise<{ readonly id: number }>[]): Promise<readonly number[]> {
  const results = await Promise.allSettled(calls);
  const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  for (const refusal of refusals) expect(refusal).toMatchObject(taken);
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value.id] : []));
}

describe("a URL", () => {
  it.each([
    "HTTPS://CRM.test:443/hook",
    "https://crm.test/x/../hook",
    "https://crm.test/hook",
    "https://CRM.TEST/hook",
  ])("is taken once per account, also as %s", async (url) => {
    const webhooks = await webhooksOfABus();
    await webhooks.create(crm);
    await webhooks.create({ accountId: 1, url: "https://shop.test/" });

    await expect(webhooks.create({ accountId: "1", url })).rejects.toMatchObject(taken);
    await expect(webhooks.update(2, { url })).rejects.toMatchObject(taken);
    await webhooks.create({ accountId: 2, url });

    expect((await webhooks.list()).map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it("may be written in another way by the webhook that has it", async () => {
    const webhooks = await webhooksOfABus();
    await webhooks.create(crm);

    const { url } = await webhooks.update(1, { url: "https://CRM.test/hook" });

    expect(url).toBe("https://CRM.test/hook");
    await expect(webhooks.create(crm)).rejects.toMatchObject(taken);
  });

  it("is free again when its webhook has taken another, or was removed", async () => {
    const webhooks = await webhooksOfABus();
    await webhooks.create(crm);
    await webhooks.update(1, { url: "https://crm.test/new" });

    await webhooks.create(crm);
    await webhooks.remove(2);
    await webhooks.create(crm);
    await webhooks.remove(3, { pending: "park" });
    await webhooks.update(1, { url: crm.url });

    expect(await webhooks.list()).toMatchObject([{ id: 1, url: crm.url }]);
  });

  it("goes to one of those who ask for it at once", async () => {
    const webhooks = await webhooksOfABus();

    const ids = await created(Array.from({ length: 20 }, () => webhooks.create(crm)));

    expect(ids).toEqual([1]);
    expect(await webhooks.list()).toHaveLength(1);
  });

  it("goes to one of those who ask for it at once in two processes, and others lose nothing", async () => {
    const [one, other] = await webhooksOfTwoBuses();

    const ids = await created(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).create({ accountId: 1, url: `https://crm.test/${index % 5}` }),
      ),
    );

    expect(ids.toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect((await one.list()).map(({ url }) => url).toSorted()).toEqual(
      [0, 1, 2, 3, 4].map((index) => `https://crm.test/${index}`),
    );
    expect(await other.list()).toEqual(await one.list());
  });

  it("is not lost between changes of one webhook in two processes at once", async () => {
    const [one, other] = await webhooksOfTwoBuses();
    await one.create(crm);

    await Promise.all([
      one.update(1, { name: "CRM" }),
      other.update(1, { url: "https://crm.test/new" }),
      one.update(1, { inboxId: 7 }),
      other.update(1, { concurrency: 1 }),
    ]);

    expect(await one.get(1)).toMatchObject({ name: "CRM", url: "https://crm.test/new", inboxId: 7, concurrency: 1 });
  });
});
