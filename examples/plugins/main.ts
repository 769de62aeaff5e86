/** The source and the sink of the guides, in one host: payments come in, and go to a search index. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBus, provide } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { paymentEvents } from "./payment-events.ts";
import { signatureOf } from "./payment-signature.ts";
import { paymentsSource } from "./payments-source.ts";
import { REDACT } from "./redact.ts";
import { SearchServer } from "./search-server.ts";
import { searchSink } from "./search-sink.ts";
import { timedStore } from "./timed-store.ts";

const SECRET = "a-secret-of-the-provider";
const folder = mkdtempSync(join(tmpdir(), "plugins-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const index = new SearchServer();
const calls = new Set<string>();
const made: string[] = [];

// #region host
const bus = createBus({
  name: "shop",
  events: paymentEvents,
  store: timedStore(sqliteStore({ path: join(folder, "bus.db") }), (method) => calls.add(method)),
  sources: { payments: paymentsSource({ secret: SECRET }) },
  sinks: { search: searchSink({ url: await index.listen(), key: "k" }, { retry: [200, 1_000, 5_000] }) },
  provide: [provide(REDACT, (data) => ({ ...(data as object), reference: "..." }))],
});
// #endregion host
bus.events.on("error", (error) => console.error(error));
bus.events.on("delivered", ({ deliveryId }) => void made.push(deliveryId));

/** What the provider does: it posts, and signs. */
async function pay(id: string, amount: number, secret = SECRET): Promise<number> {
  const body = JSON.stringify({ id, amount, reference: `order-${id}` });
  const headers = { "x-signature": signatureOf(body, secret) };
  const request = new Request("https://shop.example.com/payments", { method: "POST", headers, body });
  return (await bus.sources.payments.fetch(request)).status;
}

/** Resolves once so many deliveries, in all, have been made. */
async function delivered(count: number): Promise<void> {
  while (made.length < count) await new Promise((resolve) => bus.events.once("delivered", resolve));
}

await bus.start();
console.log("Two payments, and the first once more:", await pay("1", 10), await pay("2", 20), await pay("1", 10));
console.log("One with a signature that is wrong:", await pay("3", 30, "another secret"));
await delivered(2);

index.isOutOfOrder = true;
const retrying = new Promise<string>((resolve) => bus.events.once("retrying", ({ reason }) => resolve(reason ?? "")));
console.log("One while the index is out of order:", await pay("4", 40));
console.log("  The sink says:", await retrying);
index.isOutOfOrder = false;
await delivered(3);

const stats = await bus.deliveries.stats();
await bus.stop();
index.close();
console.log(
  `The index has ${index.documents.size} documents: ${stats.delivered} delivered, ${stats.dead} dead letters.`,
);
for (const { type, data } of index.documents.values()) console.log(`  ${type}`, data);
console.log("The store was called by:", [...calls].toSorted().join(", "));
