import { memoryStore, type Store } from "@bus/core";
import { describe, expect, it } from "vitest";
import { aStartedBus } from "../a-started-bus.ts";
import { aReceiver } from "../receiver.ts";

/** A store whose state cannot be read for once after it was changed, when told so. */
function aFailingStore(): { readonly store: Store; failAfterChange(): void } {
  const store = memoryStore();
  const { state } = store;
  const [get, change] = [state.get.bind(state), state.change.bind(state)];
  const next = { isArmed: false, isFailing: false };
  Object.assign(state, {
    get: async (...args: Parameters<typeof get>) => {
      const { isFailing } = next;
      next.isFailing = false;
      if (isFailing) throw new Error("the disk is gone");
      return get(...args);
    },
    change: async (...args: Parameters<typeof change>) => {
      const isDone = await change(...args);
      next.isFailing = next.isArmed;
      next.isArmed = false;
      return isDone;
    },
  });
  return { store, failAfterChange: () => (next.isArmed = true) };
}

describe("a webhook that was created", () => {
  it("has its secret told also when the state fails right after, and gets events a second later", async () => {
    const receiver = await aReceiver();
    const { store, failAfterChange } = aFailingStore();
    const { bus, warnings, clock, publish, until } = await aStartedBus({ store });

    failAfterChange();
    const { secret } = await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url });
    await clock.advance(1_000);
    await publish();

    await until(() => expect(receiver.received).toHaveLength(1));
    expect(secret).toMatch(/^whsec_/);
    expect(warnings).toMatchObject([{ err: { message: "the disk is gone" } }]);
  });
});
