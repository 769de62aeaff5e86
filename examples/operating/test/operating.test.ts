import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { alertOn } from "../alerts.ts";
import { createContacts } from "../contacts.ts";
import { health } from "../health.ts";
import { restore } from "../restore.ts";
import { isQuiet, settled } from "../settled.ts";
import { aDesk, aFolder, aStartedDesk } from "./a-started-desk.ts";

const EXAMPLE = join(import.meta.dirname, "..");

it("goes through every procedure, and ends by itself", { timeout: 30_000 }, async () => {
  const { code, errors, output } = await run("main.ts");

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(output).toContain("{ '1: The target answered 422.': 3 }");
  expect(output).toMatch(/^ {2}contact-\d-created is delivered\.$/m);
  expect(output).toContain("2 replayed.");
  expect(output).toContain("ALERT disabled hooks/1: The receiver answered 410: it is gone.");
  expect(output).toContain("backup.db: ok, 9 events");
  expect(output).toContain("8 delivered, 1 discarded, 0 dead letters left.");
});

it("is ready from start to stop, and says what waits", async () => {
  const { bus } = aDesk(join(aFolder(), "desk.db"));

  const before = await health(bus);
  await bus.start();
  const running = await health(bus);
  await bus.stop();

  expect(before).toEqual({ isReady: false, state: "idle" });
  expect(running).toEqual({ isReady: true, state: "running", pending: 0, parked: 0, dead: 0 });
  expect(await health(bus)).toEqual({ isReady: false, state: "stopped" });
});

it("alerts of a dead letter and of an error, which it logs too, and not of a retry", async () => {
  const { bus, receiver, logged } = await aStartedDesk();
  const alerts: string[] = [];
  alertOn(bus, (alert) => alerts.push(alert));
  bus.on("contact.created", () => {
    throw new Error("The listener is at fault.");
  });
  receiver.answer = { status: 503 };

  await createContacts(bus, 1);
  await settled(bus, isQuiet);

  const failed = 'A listener of "contact.created" failed: see the cause.';
  const dead = "dead letter contact-1-created of hooks/1: The target answered 503.";
  expect(alerts).toEqual([`BUS_LISTENER_FAILED ${failed}`, dead]);
  expect(logged).toEqual([failed]);
});

it(
  "goes back to a backup: sends again what was sent since, and has forgotten what was published since",
  { timeout: 20_000 },
  async () => {
    const { bus, receiver, path } = await aStartedDesk();
    const copy = join(aFolder(), "backup.db");
    receiver.answer = { status: 410 };
    await createContacts(bus, 1);
    await settled(bus, ({ parked }) => parked === 1);

    const backup = await run("backup.ts", path, copy);
    receiver.answer = { status: 204 };
    await bus.sinks.hooks.webhooks.update(1, { enabled: true });
    await createContacts(bus, 2);
    await settled(bus, ({ delivered }) => delivered === 2);
    await bus.stop();
    restore(copy, path);
    const { bus: restored } = aDesk(path);
    await restored.start();
    await restored.sinks.hooks.webhooks.update(1, { enabled: true });
    await settled(restored, ({ delivered }) => delivered === 1);

    expect(backup).toMatchObject({ code: 0, output: `${copy}: ok, 1 events\n` });
    expect(receiver.taken).toEqual(["contact-1-created", "contact-2-created", "contact-1-created"]);
    expect(await restored.deliveries.stats()).toMatchObject({ events: 1, pending: 0 });
  },
);

it(
  "takes events as long as it takes requests, and has on the disk what it answered when it is told to end",
  { timeout: 20_000 },
  async () => {
    const path = join(aFolder(), "desk.db");
    const service = spawn(process.execPath, [join(EXAMPLE, "service.ts"), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void service.kill("SIGKILL"));
    const exited = once(service, "exit");
    const [url] = (await once(service.stdout, "data")) as [Buffer];
    const at = (place: string): string => String(url).trim() + place;

    const ready = await fetch(at("/ready"));
    const taken: number[] = [];
    const requests = Array.from({ length: 50 }, async (_, id) => {
      const { status } = await fetch(at(`/contacts/${id}`), { method: "POST" });
      if (status === 201) taken.push(id);
      if (taken.length === 5) service.kill("SIGTERM");
    });
    await Promise.allSettled(requests);
    const [code] = await exited;

    expect(await ready.json()).toMatchObject({ isReady: true, state: "running" });
    expect(code).toBe(0);
    const { bus } = aDesk(path);
    await bus.start();
    const stored = (await bus.deliveries.list()).items.map(({ event }) => event.id);
    expect(taken.length).toBeGreaterThanOrEqual(5);
    expect(stored).toEqual(expect.arrayContaining(taken.map((id) => `contact-${id}-created`)));
  },
);

async function run(
  file: string,
  ...args: readonly string[]
): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(EXAMPLE, file), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, output, errors };
}
