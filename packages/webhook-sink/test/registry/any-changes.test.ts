import { memoryStore } from "@bus/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Webhooks } from "../../src/index.ts";
import { aStartedBus } from "../a-started-bus.ts";

const account = fc.integer({ min: 1, max: 2 });
const url = fc.integer({ min: 1, max: 3 }).map((number) => `https://crm.test/${number}`);
const id = fc.integer({ min: 1, max: 6 });
const pending = fc.constantFrom("park" as const, "discard" as const);

type Step =
  | { readonly kind: "create"; readonly accountId: number; readonly url: string }
  | { readonly kind: "update"; readonly id: number; readonly url: string }
  | { readonly kind: "remove"; readonly id: number; readonly pending: "park" | "discard" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("create" as const), accountId: account, url }),
  fc.record({ kind: fc.constant("update" as const), id, url }),
  fc.record({ kind: fc.constant("remove" as const), id, pending }),
);

/** What the steps are to make: the whole registry in a few lines. */
class Model {
  readonly webhooks = new Map<number, { readonly accountId: number; readonly url: string }>();
  #lastId = 0;

  do(taken: Step): string {
    if (taken.kind === "create") {
      if (this.#isTaken(taken.accountId, taken.url)) return "BUS_WEBHOOK_INVALID";
      this.#lastId += 1;
      this.webhooks.set(this.#lastId, { accountId: taken.accountId, url: taken.url });
      return "done";
    }
    const webhook = this.webhooks.get(taken.id);
    if (webhook === undefined) return "BUS_WEBHOOK_UNKNOWN";
    if (taken.kind === "remove") this.webhooks.delete(taken.id);
    else if (webhook.url !== taken.url && this.#isTaken(webhook.accountId, taken.url)) return "BUS_WEBHOOK_INVALID";
    else this.webhooks.set(taken.id, { ...webhook, url: taken.url });
    return "done";
  }

  #isTaken(accountId: number, wanted: string): boolean {
    return [...this.webhooks.values()].some((webhook) => webhook.accountId === accountId && webhook.url === wanted);
  }
}

async function done(webhooks: Webhooks, taken: Step): Promise<string> {
  try {
    if (taken.kind === "create") await webhooks.create({ accountId: taken.accountId, url: taken.url });
    else if (taken.kind === "update") await webhooks.update(taken.id, { url: taken.url });
    else await webhooks.remove(taken.id, { pending: taken.pending });
    return "done";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("any changes of webhooks", () => {
  it("leave those that a plain list of them would, and refuse what it would", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const store = memoryStore();
        const { bus, stop } = await aStartedBus({ store });
        const { webhooks } = bus.sinks.hooks;
        const model = new Model();

        for (const taken of steps) expect(await done(webhooks, taken)).toBe(model.do(taken));

        const wanted = [...model.webhooks].map(([number, webhook]) => ({ id: number, ...webhook }));
        expect(
          (await webhooks.list()).map(({ id: number, accountId, url: target }) => ({
            id: number,
            accountId,
            url: target,
          })),
        ).toEqual(wanted);
        for (const accountId of [1, 2])
          expect((await webhooks.list({ accountId })).map(({ id: number }) => number)).toEqual(
            wanted.filter((webhook) => webhook.accountId === accountId).map(({ id: number }) => number),
          );
        expect(await store.state.keys("sink:hooks", "url:")).toHaveLength(wanted.length);
        await stop();
      }),
      { numRuns: 100 },
    );
  });
});
