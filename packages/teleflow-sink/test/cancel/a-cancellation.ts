import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveryView, LaneId, StateChange, Store } from "@bus/core";
import { virtualClock, type TeleflowStub, type TeleflowStubOptions, type VirtualClock } from "@bus/testkit";
import { expect, onTestFinished } from "vitest";
import { aService, aStartedBus, type BusScript, type StartedBus } from "../a-started-bus.ts";

export const HOUR: number = 3_600_000;

export const TRIGGERS: LaneId = { sink: "notify", destination: "trigger:order-shipped" };
export const CANCELS: LaneId = { sink: "notify", destination: "cancel:order.refunded" };

export interface Cancelling extends StartedBus {
  readonly service: TeleflowStub;
  /** Publishes o0, an order shipped to c0. */
  ship(): Promise<void>;
  /** Publishes a refund of that order. */
  refund(shippedEventId?: string): Promise<void>;
  /** What the service was asked, in order. */
  asked(): readonly string[];
  trigger(): Promise<DeliveryView>;
  cancel(): Promise<DeliveryView>;
  /** What the cancellation says, once it has ended. The clock is moved on for it. */
  said(): Promise<string | undefined>;
}

/** A bus and a service on one clock. Orders shipped wait an hour at the service. */
export async function aCancelling(
  script: BusScript = {},
  stub: Omit<TeleflowStubOptions, "clock"> = {},
  clock: VirtualClock = virtualClock(),
): Promise<Cancelling> {
  const service = await aService({ workflows: { "order-shipped": { delayMs: HOUR }, incident: {} }, ...stub, clock });
  const started = await aStartedBus(service, { ...script, clock });
  return cancelling(service, started);
}

export function cancelling(service: TeleflowStub, started: StartedBus): Cancelling {
  const { bus, clock, deliveries, until } = started;
  const at = async (lane: LaneId): Promise<DeliveryView> => {
    const found = (await deliveries()).find(({ destination }) => destination === lane.destination);
    if (!found) throw new Error(`no delivery to ${lane.destination}`);
    return found;
  };
  const cancel = () => at(CANCELS);
  return {
    ...started,
    service,
    ship: async () => {
      await bus.publish("order.shipped", { orderId: "o0", customerId: "c0" }, { id: "o0" });
    },
    refund: async (shippedEventId = "o0") => {
      await bus.publish("order.refunded", { orderId: "o0", shippedEventId }, { id: "r0" });
    },
    asked: () => service.requests.map(({ operation }) => operation),
    trigger: () => at(TRIGGERS),
    cancel,
    said: () =>
      until(async () => {
        await clock.advance(500);
        const { state, history } = await cancel();
        expect(state).toBe("delivered");
        return history.at(-1)?.info?.detail;
      }),
  };
}

/** What a call by hand comes to. The clock is moved on for it. */
export async function ended<T>({ clock, until }: StartedBus, call: Promise<T>): Promise<T> {
  const progress = { isOver: false };
  const over = call.finally(() => {
    progress.isOver = true;
  });
  over.catch(() => undefined);
  await until(async () => {
    await clock.advance(500);
    expect(progress.isOver).toBe(true);
  });
  return over;
}

/** For a store that outlives its bus. */
export function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "teleflow-sink-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "bus.db");
}

/** The store, with something done about each change of a plugin's state. */
export function withChange(
  store: Store,
  around: (changes: readonly StateChange[], change: () => Promise<boolean>) => Promise<boolean>,
): Store {
  const state: Store["state"] = {
    get: (scope, keys) => store.state.get(scope, keys),
    keys: (scope, prefix) => store.state.keys(scope, prefix),
    change: (scope, changes) => around(changes, () => store.state.change(scope, changes)),
  };
  return replaced(store, { state });
}

/** The store, with these parts in place of its own. */
export function replaced(store: Store, parts: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, property) => {
      const value: unknown = Reflect.get(property in parts ? parts : target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The transaction ids whose cancellation these changes note. */
export function cancelledBy(changes: readonly StateChange[]): readonly string[] {
  const isNoted = (json: string | undefined): boolean => json?.includes("cancelledAt") === true;
  return changes.flatMap(({ key, value, expected }) =>
    isNoted(value) && !isNoted(expected) ? [key.replace("unit/", "")] : [],
  );
}
