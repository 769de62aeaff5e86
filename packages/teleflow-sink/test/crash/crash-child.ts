import { createInterface } from "node:readline";
import { createBus } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { z } from "zod";
import { teleflowSink } from "../../src/index.ts";

/** When the process is to die: before or after the `number`th of these calls of its store, from the command on. */
export interface Death {
  readonly call: "append" | "lease" | "settle" | "change";
  readonly number: number;
  readonly when: "before" | "after";
}

/** One line of the child's input; it says "published" once that is done, and "paused" whenever a lane is. */
export interface Command {
  readonly events: readonly { readonly type: string; readonly id: string; readonly data: object }[];
  readonly death?: Death | undefined;
}

const [path = "", url = "", lingerMs = "0"] = process.argv.slice(2);

// Whoever started this process holds the other end, and is to end it; without him, nobody would.
process.stdin.once("close", () => process.exit(1));

const store = sqliteStore({ path });
let death: Death | undefined;
let calls = 0;
watch(store, "append");
watch(store, "lease");
watch(store, "settle");
watch(store.state, "change");

// As those of the tests, which start the next bus on this store, say it.
const events = {
  "order.shipped": z.object({ orderId: z.string(), customerId: z.string() }),
  "order.refunded": z.object({ orderId: z.string(), shippedEventId: z.string() }),
  "incident.opened": z.object({ title: z.string() }),
};
const sink = teleflowSink({
  events,
  url,
  apiKey: "test-key",
  environment: "test",
  batch: { lingerMs: Number(lingerMs) },
  rules: [
    {
      on: "order.shipped",
      trigger: "order-shipped",
      to: (e) => e.data.customerId,
      payload: (e) => ({ orderId: e.data.orderId }),
    },
    { on: "incident.opened", broadcast: "incident", payload: (e) => ({ title: e.data.title }) },
    { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
  ],
});
const bus = createBus({ name: "shop", events, store, sinks: { notify: sink } });
bus.events.on("paused", () => void process.stdout.write("paused\n"));
await bus.start();

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as Command;
  ({ death } = command);
  calls = 0;
  void bus
    .publishMany(command.events as Parameters<typeof bus.publishMany>[0])
    .then(() => process.stdout.write("published\n"));
});

function watch(target: object, call: Death["call"]): void {
  const real = (Reflect.get(target, call) as (...args: readonly unknown[]) => Promise<unknown>).bind(target);
  Object.assign(target, {
    [call]: async (...args: readonly unknown[]) => {
      const isIt = death?.call === call && ++calls === death.number;
      if (isIt && death?.when === "before") die();
      const result = await real(...args);
      if (isIt) die();
      return result;
    },
  });
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
