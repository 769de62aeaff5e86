import { readFileSync } from "node:fs";
import type { EventInput } from "@bus/core";
import { trinoEvents } from "@bus/webhook-sink";

const WIRE = new URL("../../../../docs/spec/fixtures/trino/message_created.json", import.meta.url);

/** The body of a webhook as it is on the wire: what the bare clients send. */
export const MESSAGE_BODY: string = JSON.stringify(JSON.parse(readFileSync(WIRE, "utf8")));

/** What every client must send with it; the bus sends more. */
export const MESSAGE_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  accept: "application/json",
} as const;

type Message = EventInput<typeof trinoEvents, "message.created">;

const { event: _, ...data } = JSON.parse(MESSAGE_BODY);
const MESSAGE: Message = data;

/** The data of a message of this account, which says when it was published. */
export function messageAt(accountId: number, now: number = performance.timeOrigin + performance.now()): Message {
  return { ...MESSAGE, account: { ...MESSAGE.account, id: accountId }, content: `published at ${now.toFixed(3)}` };
}
