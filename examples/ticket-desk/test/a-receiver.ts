import { onTestFinished } from "vitest";
import { startReceiver, type Receiver } from "../receiver.ts";

export async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}
