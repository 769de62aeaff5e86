import type { DeliveryView, StoreStats } from "@bus/core";
import type { TeleflowStub } from "@bus/testkit";
import type { ShopBus } from "./bus.ts";
import { orderOf, people } from "./people.ts";
import { shippingId } from "./shipping-id.ts";

/** Each call gives what was sent since the last: `bulk of 3 (201), cancel (200)`. */
export function requestLog({ requests }: TeleflowStub): () => string {
  let told = 0;
  return () => {
    const fresh = requests.slice(told);
    told = requests.length;
    const words = fresh.map(({ operation, triggers, status }) =>
      operation === "bulk" ? `bulk of ${triggers.length} (${status})` : `${operation} (${status})`,
    );
    return words.join(", ");
  };
}

/** What was not taken, and why. */
export async function deadLetters(bus: ShopBus): Promise<readonly string[]> {
  // #region dead
  const { items } = await bus.deliveries.list({ sink: "notify", state: "dead" });
  const lines = items.map(({ event, destination, reason }) => `${event.id}, ${destination}: ${reason}`);
  // #endregion dead
  return lines;
}

/** What came of cancelling the notification of someone's order. */
export async function cancellationOf(bus: ShopBus, name: string): Promise<string | undefined> {
  const { orderId } = orderOf(name);
  // #region cancellation
  const delivery = await bus.deliveries.get(`${orderId}-refunded/notify/cancel:order.refunded`);
  const result = delivery?.history.at(-1)?.info?.detail;
  // #endregion cancellation
  return result;
}

/** What each of them got, and what became of the notification of their order. */
export async function tableOf(bus: ShopBus, teleflow: TeleflowStub): Promise<string> {
  const rows = people.map(async (name) => [name, gotBy(teleflow, name).join(", "), await whyOf(bus, name)]);
  return [["who", "got", "the notification of the order"], ...(await Promise.all(rows))]
    .map((row) => `  ${row.map((cell, column) => cell.padEnd([7, 26][column] ?? 0)).join("")}`.trimEnd())
    .join("\n");
}

/** Whether everybody got what they should, once, and nobody anything else. */
export function isAsExpected(teleflow: TeleflowStub, { dead, discarded }: StoreStats): boolean {
  const told = people.every((name) => gotBy(teleflow, name).join() === EXPECTED[name]?.join());
  return told && dead === 1 && discarded === 1;
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  Ada: ["incident", "order-shipped"],
  Ben: ["incident", "order-refunded"],
  Cleo: ["incident"],
  Dan: ["incident", "order-shipped"],
  Eve: ["incident", "order-shipped"],
  Finn: ["incident", "order-shipped"],
  Gus: ["incident", "order-refunded"],
  Hana: ["incident", "welcome"],
  Olga: ["call-out", "incident"],
};

/** The workflows, by name. */
function gotBy(teleflow: TeleflowStub, name: string): readonly string[] {
  return teleflow
    .notificationsOf(name.toLowerCase())
    .map(({ workflow }) => workflow)
    .toSorted();
}

async function whyOf(bus: ShopBus, name: string): Promise<string> {
  const delivery = await bus.deliveries.get(`${shippingId(orderOf(name).orderId)}/notify/trigger:order-shipped`);
  return (await cancellationOf(bus, name)) ?? (delivery ? endOf(delivery) : "");
}

function endOf({ state, attempts, reason }: DeliveryView): string {
  if (reason !== undefined) return reason;
  return attempts === 1 ? state : `${state}, at attempt ${attempts}`;
}
