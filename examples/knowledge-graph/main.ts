import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kafkaRestStub } from "@bus/testkit";
import { makeBus } from "./bus.ts";
import { messages, users } from "./chat-data.ts";
import { Graph } from "./graph.ts";
import { Preferences } from "./preferences.ts";
import { publishDirectory, publishMessages } from "./publish-chat.ts";
import { countsOf, isInOrder, skippedOf, tableOf } from "./report.ts";
import { nextRetry, settled } from "./settled.ts";
import { UserTags } from "./user-tags.ts";

const TOKEN = "a-token-that-the-chat-and-the-graph-agree-on";

const folder = mkdtempSync(join(tmpdir(), "knowledge-graph-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const kafka = await kafkaRestStub();
const graph = new Graph(kafka, TOKEN);
const preferences = new Preferences();
for (const [user, sharing] of users) preferences.choose(user.id, sharing);
const bus = makeBus({ path: join(folder, "bus.db"), proxyUrl: kafka.url, token: TOKEN, preferences });
const tags = new UserTags(bus, users.keys());
bus.events.on("error", (error) => console.error(error));

await bus.start();
const { url } = bus.sources.tags;
if (url === undefined) throw new Error("The source of the tags does not listen.");

console.log("The chat says who and what there is in it.");
await publishDirectory(bus);
await settled(bus);
const directory = graph.records.length;
console.log(`  New in the graph: ${countsOf(graph.records)}.`);

console.log("\nThe proxy is down, and people go on writing.");
kafka.faults = { request: () => ({ kind: "status", status: 503, message: "the brokers are away" }) };
const retry = nextRetry(bus);
await publishMessages(bus);
console.log(`  ${messages.length} messages are published. ${await retry}`);
console.log(`  ${graph.records.length - directory} of them have reached the graph.`);

console.log("\nThe proxy is back.");
kafka.faults = {};
const stats = await settled(bus);
const arrived = graph.records.slice(directory);
const order = isInOrder(arrived) ? "in the order in which they were written" : "out of order";
console.log(`  New in the graph: ${countsOf(arrived)}, ${order}. Not sent:\n${await skippedOf(bus)}`);

console.log("\nThe graph pushes the hashtags that it has found in the texts of each author.");
console.log(`  The chat answers ${await graph.push(url)}.\n\n${tableOf(graph, tags)}`);

console.log("\nThe graph has not seen that answer, and pushes the same again.");
const { events: eventsBefore } = await bus.deliveries.stats();
const answer = await graph.push(url);
const { events } = await bus.deliveries.stats();
console.log(`  The chat answers ${answer}, and has published ${events - eventsBefore} events for it.`);

console.log(`\n${stats.delivered} events delivered, ${stats.skipped} skipped, ${stats.dead} lost.`);
// Finishes what is under way.
await bus.stop();
await kafka.close();
const isAsExpected = stats.delivered === 18 && stats.dead === 0 && isInOrder(arrived) && events === eventsBefore;
process.exitCode = isAsExpected ? 0 : 1;
