import { describe } from "vitest";
import type { OpenDesk } from "./a-desk.ts";
import { shutdownTests } from "./shutdown-tests.ts";
import { ticketTests, type ErrorLog } from "./ticket-tests.ts";
import { webhookTests } from "./webhook-tests.ts";

export interface DeskSuiteOptions {
  /** Starts the desk in this process, on a free port of the loopback. */
  readonly open: OpenDesk;
  /** The path of what starts the desk as a process of its own. */
  readonly script: string;
  /** Where the desk logs the errors that it does not explain to callers. */
  readonly log: ErrorLog;
}

/** What every ticket desk does, whatever its framework. */
export function deskSuite({ open, script, log }: DeskSuiteOptions): void {
  describe("tickets", () => {
    ticketTests(open, log);
  });
  describe("webhooks", () => {
    webhookTests(open);
  });
  describe("shutdown", () => {
    shutdownTests(open, script);
  });
}
