import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { makeApp } from "../app.ts";
import { makeBus, type DeskBus } from "../bus.ts";
import type { DeskSettings } from "../desk-settings.ts";
import { DeskClient } from "../demo/desk-client.ts";
import { startReceiver, type Receiver } from "../demo/receiver.ts";
import { stopServer } from "../stop-server.ts";

export interface Desk {
  readonly bus: DeskBus;
  readonly acme: DeskClient;
  readonly url: string;
  stop(): Promise<void>;
}

/** The desk in this process, on a port of its own. */
export async function aDesk(settings: Partial<DeskSettings> = {}): Promise<Desk> {
  const bus = makeBus({ path: aStoreFile(), allow: ["127.0.0.1"], ...settings });
  await bus.start();
  const server = makeApp(bus).listen(0);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    if (server.listening) await stopServer(server, 1_000);
    await bus.stop();
  };
  onTestFinished(stop);
  return { bus, acme: new DeskClient(url), url, stop };
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
