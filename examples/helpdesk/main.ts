import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createBus, memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";
import { liveView } from "./live-view.ts";
import { startReceivers } from "./receivers.ts";
import { leftovers, summaryOf } from "./summary.ts";

const { store: path } = parseArgs({ options: { store: { type: "string" } } }).values;
const secret = "a secret that the desk shares with its customers";
await using receivers = await startReceivers(secret, path && `${path}.received`);

const bus = createBus({
  name: "helpdesk",
  events: trinoEvents,
  store: path === undefined ? memoryStore() : sqliteStore({ path }),
  sinks: {
    hooks: webhookSink(
      {
        endpoints: receivers.endpoints.map(({ id, url }) => ({ id, url, secret })),
        deadlineMs: 500,
        // Targets must be public, unless the host says otherwise.
        allow: ["127.0.0.1"],
      },
      // The default schedule takes three days; this one, less than a second. A short time-out makes for short leases.
      { retry: [200, 400], timeoutMs: 1_000 },
    ),
  },
});
liveView(
  bus.events,
  receivers.endpoints.map(({ id }) => id),
);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

await bus.start();
let stats = await bus.deliveries.stats();
if (path !== undefined)
  console.log(`Press Ctrl-C or run "kill -9 ${process.pid}", then start it again with the same store.`);
if (stats.events > 0) console.log(leftovers(stats));

const conversation = trinoEvents["conversation.created"].parse(await fixture("conversation_created"));
const message = trinoEvents["message.created"].parse(await fixture("message_created"));
for (const id of [10, 11]) {
  // What has the same key reaches each receiver in this order. What the store knows by its id is not published again.
  const key = `conversation-${id}`;
  const inConversation = { ...message, conversation: { ...message.conversation, id } };
  await bus.publish("conversation.created", { ...conversation, id }, { key, id: `${key}-created` });
  await bus.publish("message.created", inConversation, { key, id: `${key}-message-${message.id}` });
}

// Parked deliveries are pending too, until someone enables their lane.
do {
  await setTimeout(50);
  stats = await bus.deliveries.stats();
} while (stats.pending + stats.leased > stats.parked && !interrupted.signal.aborted);
const { items } = await bus.deliveries.list();
const lanes = await bus.lanes.list();
// Finishes what is under way and gives back the rest: nothing waits for a lease at the next start.
await bus.stop();

console.log(`\n${summaryOf(items, lanes)}`);
const isAsExpected = stats.delivered === 8 && stats.dead === 4 && stats.parked === 4;
process.exitCode = isAsExpected ? 0 : 1;

async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}
