import type { PluginState, PluginStateChange } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { UnitNotes } from "../../src/delivery/unit-notes.ts";

const DAY_MS = 24 * 3_600_000;

describe("notes on triggers", () => {
  it("are merged field by field, and go with their last field", async () => {
    const { notes, state, clock } = someNotes();

    await notes.change([
      { transactionId: "a", note: { epoch: 1 } },
      { transactionId: "b", note: { since: 5 } },
      { transactionId: "a", note: { since: 7 } },
    ]);
    await notes.change([{ transactionId: "b", note: { since: undefined } }]);

    expect(await notes.of(["a", "b", "c"])).toEqual([{ epoch: 1, since: 7, at: clock.now() }, undefined, undefined]);
    expect(await state.keys()).toHaveLength(1);
  });

  it("lose nothing to a change that another makes at the same moment", async () => {
    const { notes, state } = someNotes();
    await notes.change([{ transactionId: "a", note: { epoch: 1 } }]);
    state.before = () => notes.change([{ transactionId: "a", note: { cancelledAt: 3 } }]);

    await notes.change([{ transactionId: "a", note: { epoch: undefined } }]);

    expect(await notes.of(["a"])).toMatchObject([{ cancelledAt: 3 }]);
    expect((await notes.of(["a"]))[0]).not.toHaveProperty("epoch");
  });

  it("write nothing where nothing changes, and read many at once", async () => {
    const { notes, state } = someNotes();

    await notes.change([]);
    await notes.of(["a", "b", "c"]);

    expect(state.calls).toEqual(["getMany 3"]);
  });

  it("are forgotten after 60 days, and what is no note at once", async () => {
    const { notes, state, clock } = someNotes();
    for (let index = 0; index < 600; index += 1)
      await notes.change([{ transactionId: `old${index}`, note: { epoch: 1 } }]);
    await clock.advance(59 * DAY_MS);
    await notes.change([{ transactionId: "young", note: { epoch: 1 } }]);
    await notes.prune();
    expect(await state.keys()).toHaveLength(601);
    await state.set("unit/garbage", "x");

    await clock.advance(2 * DAY_MS);
    await notes.prune();

    expect(await state.keys()).toEqual(["unit/young"]);
  });
});

function someNotes() {
  const clock = virtualClock();
  const state = new StateInMemory();
  return { notes: new UnitNotes(state, clock), state, clock };
}

/** As the bus's store keeps it, with a moment between reading and writing. */
class StateInMemory implements PluginState {
  readonly calls: string[] = [];
  before: (() => Promise<void>) | undefined;
  readonly #values = new Map<string, string>();

  async get(key: string): Promise<unknown> {
    return (await this.getMany([key]))[0];
  }

  async getMany(keys: readonly string[]): Promise<readonly unknown[]> {
    this.calls.push(`getMany ${keys.length}`);
    return keys.map((key) => parsed(this.#values.get(key)));
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#values.set(key, JSON.stringify(value));
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }

  async change(changes: readonly PluginStateChange[]): Promise<boolean> {
    this.calls.push(`change ${changes.length}`);
    const { before } = this;
    this.before = undefined;
    await before?.();
    const isAsExpected = changes.every(
      (change) => !("expected" in change) || JSON.stringify(change.expected) === this.#values.get(change.key),
    );
    if (!isAsExpected) return false;
    for (const { key, value } of changes) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, JSON.stringify(value));
    }
    return true;
  }

  async keys(prefix = ""): Promise<readonly string[]> {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).toSorted();
  }
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
