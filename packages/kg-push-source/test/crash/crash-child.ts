import { createBus } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { kgPushEvents, kgPushSource } from "../../src/index.ts";

/** When a process is to die: before or after the `number`th call of this name. */
export interface Death {
  readonly call: "append" | "change";
  readonly number: number;
  readonly when: "before" | "after";
}

const [path = "", token = "", plan = ""] = process.argv.slice(2);
const death = JSON.parse(plan) as Death;

// Whoever started this process holds the other end, and is to end it; without him, nobody would.
process.stdin.once("close", () => process.exit(1)).resume();

const store = sqliteStore({ path });
const target: object = death.call === "append" ? store : store.state;
const real = (Reflect.get(target, death.call) as (...args: readonly unknown[]) => Promise<unknown>).bind(target);
let calls = 0;
Object.assign(target, {
  [death.call]: async (...args: readonly unknown[]) => {
    const isIt = ++calls === death.number;
    if (isIt && death.when === "before") die();
    const result = await real(...args);
    if (isIt) die();
    return result;
  },
});

const sources = { tags: kgPushSource({ tokens: token, listen: { port: 0 } }) };
const bus = createBus({ name: "chat", events: kgPushEvents, store, sources });
await bus.start();
process.stdout.write(`${bus.sources.tags.url}\n`);

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
