import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { createBus } from "@bus/core";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";
import { liveView } from "./live-view.ts";
import { startReceivers } from "./receivers.ts";
import { summaryOf } from "./summary.ts";

const secret = "a secret that the desk shares with its customers";
await using receivers = await startReceivers(secret);

const bus = createBus({
  name: "helpdesk",
  events: trinoEvents,
  sinks: {
    hooks: webhookSink(
      {
        endpoints: receivers.endpoints.map(({ id, url }) => ({ id, url, secret })),
        deadlineMs: 500,
        // Targets must be public, unless the host says otherwise.
        allow: ["127.0.0.1"],
      },
      // The default schedule takes three days; this one, less than a second.
      { retry: [200, 400] },
    ),
  },
});
liveView(
  bus.events,
  receivers.endpoints.map(({ id }) => id),
);

await bus.start();

const conversation = trinoEvents["conversation.created"].parse(await fixture("conversation_created"));
const message = trinoEvents["message.created"].parse(await fixture("message_created"));
for (const id of [10, 11]) {
  // What has the same key reaches each receiver in this order.
  const key = `conversation-${id}`;
  await bus.publish("conversation.created", { ...conversation, id }, { key });
  await bus.publish("message.created", { ...message, conversation: { ...message.conversation, id } }, { key });
}

// Parked deliveries are pending too, until someone enables their lane.
let stats = await bus.deliveries.stats();
while (stats.pending + stats.leased > stats.parked) {
  await setTimeout(50);
  stats = await bus.deliveries.stats();
}
const { items } = await bus.deliveries.list();
const lanes = await bus.lanes.list();
await bus.stop();

console.log(`\n${summaryOf(items, lanes)}`);
const isAsExpected = stats.delivered === 8 && stats.dead === 4 && stats.parked === 4;
process.exitCode = isAsExpected ? 0 : 1;

async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}
