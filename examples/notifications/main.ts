import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBus } from "./bus.ts";
import { refund, ship, welcome } from "./orders.ts";
import { cancellationOf, deadLetters, isAsExpected, requestLog, tableOf } from "./report.ts";
import { HOUR_MS, startService } from "./service.ts";
import { cancelled, nextOf, settled } from "./settled.ts";

const folder = mkdtempSync(join(tmpdir(), "notifications-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const { teleflow, clock } = await startService();
const bus = makeBus({ path: join(folder, "bus.db"), url: teleflow.url, apiKey: "test-key" });
bus.events.on("error", (error) => console.error(error));
const sent = requestLog(teleflow);
await bus.start();

console.log("The orders of Ada, Ben and Cleo ship. The service waits an hour before it tells them.");
await ship(bus, "Ada", "Ben", "Cleo");
await settled(bus);
console.log(`  Sent: ${sent()}. Cleo's order has no address, and this is a dead letter:`);
for (const line of await deadLetters(bus)) console.log(`  ${line}`);

console.log("\nBen is refunded within the hour.");
await refund(bus, "Ben");
await settled(bus);
console.log(`  Sent: ${sent()}. The notification of his order: ${await cancellationOf(bus, "Ben")}.`);

console.log("\nThe orders of Dan and Eve ship, and the service is down.");
teleflow.faults = { request: () => ({ kind: "status", status: 503, message: "the queue is away" }) };
const retry = nextOf(bus, ["retrying"]);
await ship(bus, "Dan", "Eve");
console.log(`  ${await retry}`);
teleflow.faults = {};
await settled(bus);
console.log(`  It is back. Sent: ${sent()}.`);

console.log(
  "\nFinn's order ships, and the service has had enough for now. Gus's order ships, and is refunded at once.",
);
teleflow.faults = { request: () => ({ kind: "status", status: 429, headers: { "retry-after": "1" } }) };
const pause = nextOf(bus, ["paused"]);
await ship(bus, "Finn");
console.log(`  ${await pause}`);
const end = cancelled(bus, "Gus");
await ship(bus, "Gus");
await refund(bus, "Gus");
await end;
console.log(`  The notification of Gus's order, in the bus still: ${await cancellationOf(bus, "Gus")}.`);
teleflow.faults = {};
await settled(bus);
console.log(`  A second later all goes on. Sent: ${sent()}.`);

console.log("\nThere is an incident: everybody is told, and the operators are called.");
await bus.publish("incident.opened", { title: "no parcels today" });
const stats = await settled(bus);
console.log(`  Sent: ${sent()}.`);

console.log("\nHana signs up, and the shop calls the service by hand.");
await welcome(bus, "Hana");
console.log(`  Sent: ${sent()}.`);

console.log("\nAn hour passes at the service.");
await clock.advance(HOUR_MS);
console.log(`\n${await tableOf(bus, teleflow)}`);

console.log(`\n${stats.delivered} delivered, ${stats.discarded} removed, ${stats.dead} refused.`);
process.exitCode = isAsExpected(teleflow, stats) ? 0 : 1;
// Finishes what is under way.
await bus.stop();
await teleflow.close();
