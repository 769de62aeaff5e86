import type { Deliveries, DeliveryPolicy } from "@bus/core";
import { onTestFinished } from "vitest";
import { DeskClient } from "../desk-client.ts";
import { aStoreFile } from "./a-store-file.ts";

/** What the suite sets of a desk. */
export interface DeskSettings {
  readonly path: string;
  readonly allow: readonly string[];
  readonly policy?: DeliveryPolicy;
  readonly maxBacklog?: number;
}

/** A desk that listens in the process of the tests, so that they see its bus. */
export interface Desk {
  readonly url: string;
  readonly bus: { readonly deliveries: Deliveries; stop(): Promise<void> };
  /** As at a SIGTERM. Called once, for some tests with the bus stopped already. */
  stop(): Promise<void>;
}

export type OpenDesk<Opened extends Desk = Desk> = (settings: DeskSettings) => Promise<Opened>;

/** A desk of the test's own, and a caller of it. */
export async function aDesk<Opened extends Desk>(
  open: OpenDesk<Opened>,
  settings: Partial<DeskSettings> = {},
): Promise<Opened & { readonly acme: DeskClient }> {
  const desk = await open({ path: aStoreFile(), allow: ["127.0.0.1"], ...settings });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= desk.stop());
  onTestFinished(stop);
  return { ...desk, acme: new DeskClient(desk.url), stop };
}
