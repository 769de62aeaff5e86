import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Logger, type INestApplication } from "@nestjs/common";
import { onTestFinished } from "vitest";
import { DeskClient } from "../demo/desk-client.ts";
import { startReceiver, type Receiver } from "../demo/receiver.ts";
import { makeApp } from "../src/app.ts";
import { BUS } from "../src/bus.module.ts";
import type { DeskBus } from "../src/make-bus.ts";
import type { DeskSettings } from "../src/desk-settings.ts";

export interface Desk {
  readonly app: INestApplication;
  readonly bus: DeskBus;
  readonly acme: DeskClient;
  readonly url: string;
  stop(): Promise<void>;
}

/** The desk in this process, on a port of its own. */
export async function aDesk(settings: Partial<DeskSettings> = {}): Promise<Desk> {
  Logger.overrideLogger(["error"]);
  const app = await makeApp({ path: aStoreFile(), allow: ["127.0.0.1"], ...settings });
  await app.listen(0, "127.0.0.1");
  const url = await app.getUrl();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= app.close());
  onTestFinished(stop);
  return { app, bus: app.get<DeskBus>(BUS), acme: new DeskClient(url), url, stop };
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
