import { kgEvents, kgSink } from "@bus/kg-sink";
import { busSender } from "../senders/bus-sender.ts";
import type { Sender } from "../senders/sender.ts";
import { chatMessage } from "./chat-message.ts";

const SETTING = { events: kgEvents, destination: "default", type: "message.created", data: chatMessage } as const;
const BATCHED = "strict order, up to 500 records a request, concurrency 1";

export async function busOnGot(): Promise<Sender> {
  return busSender({ ...SETTING, name: "Bus", transport: "got", conditions: BATCHED, sink: (url) => kgSink({ url }) });
}

export async function busOnUndici(): Promise<Sender> {
  return busSender({
    ...SETTING,
    name: "Bus on undici",
    transport: "undici",
    conditions: BATCHED,
    sink: (url) => kgSink({ url }),
  });
}

/** What the batches are worth. */
export async function busOneByOne(): Promise<Sender> {
  return busSender({
    ...SETTING,
    name: "Bus on undici, one record a POST",
    transport: "undici",
    isOneByOne: true,
    conditions: "relaxed order, one record a request, concurrency 32",
    sink: (url) => kgSink({ url, batch: { maxRecords: 1, lingerMs: 0 }, ordering: "relaxed" }, { concurrency: 32 }),
  });
}
