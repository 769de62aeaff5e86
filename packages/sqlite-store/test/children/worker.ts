/**
 * A bus on the file of its first argument, told by lines on its standard input what to do, with one sink "hooks". It reports what the sink was
 * given and when that was over, and what the bus told. With "hold" as second argument the sink answers nothing before `go`.
 */
import { createInterface } from "node:readline";
import { createBus, defineSink, delivered } from "@bus/core";
import { z } from "zod";

import { sqliteStore } from "../../src/index.ts";
import { report } from "./report.ts";

const [path = "", mode] = process.argv.slice(2);
const gate = Promise.withResolvers<void>();
if (mode !== "hold") gate.resolve();

const sink = defineSink({
  name: "hooks",
  options: z.object({}),
  create: () => ({
    deliver: async ([delivery]) => {
      const id = delivery?.event.id;
      report({ taken: id, at: process.hrtime.bigint().toString() });
      await gate.promise;
      // Another process must not take up what this one has not settled yet.
      await new Promise((resolve) => void setImmediate(resolve));
      report({ sent: id, at: process.hrtime.bigint().toString() });
      return [delivered()];
    },
  }),
});
const bus = createBus({
  name: "test",
  events: { "thing.done": z.unknown() },
  store: sqliteStore({ path }),
  sinks: { hooks: sink({}) },
});
bus.events.on("delivered", ({ eventId }) => report({ delivered: eventId }));
bus.events.on("error", (error) => report({ error: error.code }));

const commands: Record<string, (...args: string[]) => Promise<unknown> | void> = {
  start: () => bus.start(),
  /** `<prefix>0` and so on, over three keys if it is to be in order. */
  publish: (prefix = "", count = "0", keys = "0") =>
    Promise.all(
      Array.from({ length: Number(count) }, (_, index) => {
        const key = Number(keys) > 0 ? { key: `${prefix}-${index % Number(keys)}` } : {};
        return bus.publish("thing.done", {}, { id: `${prefix}${index}`, ...key });
      }),
    ),
  go: () => gate.resolve(),
  stop: () => bus.stop(),
};

report({ ready: true });
createInterface({ input: process.stdin }).on("line", async (line) => {
  const [name = "", ...args] = line.split(" ");
  try {
    await commands[name]?.(...args);
    report({ [`${name}Done`]: true });
  } catch (error) {
    report({ failed: `${name}: ${String(error)}` });
  }
});
