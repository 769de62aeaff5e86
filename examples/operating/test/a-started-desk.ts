import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "@bus/core";
import { onTestFinished } from "vitest";
import { makeBus, type DeskBus } from "../bus.ts";
import { startReceiver, type Receiver } from "../receiver.ts";

export interface StartedDesk {
  readonly bus: DeskBus;
  readonly receiver: Receiver;
  /** The lane of its one webhook. */
  readonly lane: { readonly sink: "hooks"; readonly destination: string };
  readonly path: string;
  /** What the bus logged as errors. */
  readonly logged: readonly string[];
}

/** A desk with one webhook, and the server behind it. Stopped with the test. */
export async function aStartedDesk(): Promise<StartedDesk> {
  const path = join(aFolder(), "desk.db");
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const { bus, logged } = aDesk(path);
  await bus.start();
  const { id } = await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url });
  return { bus, receiver, lane: { sink: "hooks", destination: String(id) }, path, logged };
}

/** Not yet started. */
export function aDesk(path: string): { readonly bus: DeskBus; readonly logged: readonly string[] } {
  const logged: string[] = [];
  const nothing = (): void => {};
  const logger: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_, message) => void logged.push(message),
  };
  const bus = makeBus({ path, logger });
  onTestFinished(() => bus.stop());
  return { bus, logged };
}

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "operating-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
