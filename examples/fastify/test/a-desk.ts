import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { makeApp } from "../app.ts";
import type { DeskBus } from "../bus.ts";
import type { DeskSettings } from "../desk-settings.ts";
import { DeskClient } from "../demo/desk-client.ts";
import { startReceiver, type Receiver } from "../demo/receiver.ts";

export interface Desk {
  readonly bus: DeskBus;
  readonly acme: DeskClient;
  readonly url: string;
  stop(): Promise<void>;
}

/** The desk in this process, on a port of its own. */
export async function aDesk(settings: Partial<DeskSettings> = {}): Promise<Desk> {
  const app = await makeApp({ path: aStoreFile(), allow: ["127.0.0.1"], ...settings });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return { bus: app.bus, acme: new DeskClient(url), url, stop: () => app.close() };
}

export async function aReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

export function aStoreFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "ticket-desk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "desk.db");
}
