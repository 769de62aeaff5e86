import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeliveryView } from "@bus/core";
import { alertOn } from "./alerts.ts";
import { makeBus } from "./bus.ts";
import { createContacts } from "./contacts.ts";
import { attemptsOf, deadLetters, giveUp, reasons, replayAll, tryOne } from "./dead-letters.ts";
import { health } from "./health.ts";
import { enableWebhook, lagMs, lanesToLookAt, maintained } from "./lanes.ts";
import { startReceiver } from "./receiver.ts";
import { isQuiet, settled } from "./settled.ts";

const folder = mkdtempSync(join(tmpdir(), "operating-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "desk.db");
const receiver = await startReceiver();
const bus = makeBus({ path, logger: console });
alertOn(bus, (alert) => console.log(`  ALERT ${alert}`));
await bus.start();
const { id } = await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url });
const lane = { sink: "hooks", destination: String(id) };

console.log("All is well.");
await createContacts(bus, 1, 2);
await settled(bus, isQuiet);
console.log(" ", await health(bus));

console.log("\nA deploy of the receiver went wrong: it refuses every contact.");
receiver.answer = { status: 422, text: "unknown field: account" };
await createContacts(bus, 3, 4, 5);
await settled(bus, isQuiet);
console.log(" ", await reasons(bus, { sink: "hooks" }));
let example: DeliveryView | undefined;
for await (const dead of deadLetters(bus, lane)) example ??= dead;
if (example === undefined) throw new Error("There is no dead letter.");
for (const line of attemptsOf(example)) console.log(" ", line);

console.log("\nIt is mended. One dead letter is tried, then the others are replayed.");
receiver.answer = { status: 204 };
console.log(`  ${example.event.id} is ${(await tryOne(bus, example.id))?.state}.`);
console.log(`  ${await replayAll(bus, lane.destination)} replayed.`);
await settled(bus, isQuiet);
console.log(" ", await health(bus));

console.log("\nThe receiver is down for longer than the schedule lasts. Nobody needs that contact any more.");
receiver.answer = { status: 503 };
await createContacts(bus, 6);
await settled(bus, isQuiet);
console.log(`  ${await giveUp(bus, lane.destination, "contact.created")} discarded.`);
receiver.answer = { status: 204 };

console.log("\nIts owner maintains it, and the lane is paused meanwhile.");
await maintained(bus, lane, async () => {
  await createContacts(bus, 7);
  await settled(bus, ({ pending, leased }) => pending === 1 && leased === 0);
  for (const { destination, status, unfinished } of await lanesToLookAt(bus))
    console.log(`  lane ${destination} is ${status.state}: ${unfinished} waiting`);
  console.log(`  The oldest was published ${(await lagMs(bus, lane, Date.now())) < 60_000 ? "just now" : "long ago"}.`);
});
await settled(bus, isQuiet);

console.log("\nThe receiver says that it is gone, until its owner enables the webhook again.");
receiver.answer = { status: 410 };
await createContacts(bus, 8, 9);
await settled(bus, ({ parked }) => parked === 2);
console.log(" ", await health(bus));
receiver.answer = { status: 204 };
await enableWebhook(bus, id);
await settled(bus, ({ pending, leased }) => pending + leased === 0);

console.log("\nA backup, while the bus runs.");
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [join(import.meta.dirname, "backup.ts"), path, join(folder, "backup.db")],
  { encoding: "utf8" },
);
console.log(`  ${stdout.replace(`${folder}/`, "").trim()}${status === 0 ? "" : stderr}`);

const { delivered, discarded, dead } = await bus.deliveries.stats();
await bus.stop();
await receiver.close();
console.log(`\n${delivered} delivered, ${discarded} discarded, ${dead} dead letters left.`);
process.exitCode =
  delivered === 8 && discarded === 1 && dead === 0 && receiver.taken.length === 8 && status === 0 ? 0 : 1;
