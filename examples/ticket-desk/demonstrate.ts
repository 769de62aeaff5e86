import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeskClient } from "./desk-client.ts";
import { startDesk } from "./desk-process.ts";
import { startReceiver } from "./receiver.ts";

/** Runs a desk's script on a store in a temporary folder, shows what a customer sees of it, stops it, and resolves with its exit code. */
export async function demonstrate(script: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "ticket-desk-"));
  const receiver = await startReceiver();
  const desk = await startDesk(script, join(folder, "desk.db"));
  const acme = new DeskClient(desk.url);

  receiver.secret = await acme.registerWebhook(receiver.url);
  console.log("Acme has registered a webhook, by the REST API of the desk.");

  const opened = await acme.openTicket({ subject: "The printer is on fire" }, { "idempotency-key": "T-1" });
  console.log("A ticket:", opened.status, await opened.json());
  const again = await acme.openTicket({ subject: "The printer is on fire" }, { "idempotency-key": "T-1" });
  console.log("The same again, which opens no other:", again.status, await again.json());
  const refused = await acme.openTicket({ subject: "" });
  console.log("One without a subject:", refused.status, await refused.json());

  const [webhook] = await receiver.has(1);
  console.log("Acme's server got, genuinely signed:", webhook?.event, webhook?.payload);
  const ready = await acme.get("/ready");
  console.log("The desk is ready:", ready.status, await ready.json());

  const code = await desk.stop();
  console.log("The desk got a SIGTERM, and ended with", code);
  receiver.close();
  rmSync(folder, { recursive: true });
  // A desk that a signal has ended has no code.
  return code ?? 1;
}
