import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeskClient } from "./demo/desk-client.ts";
import { startDesk } from "./demo/desk-process.ts";
import { startReceiver } from "./demo/receiver.ts";

const folder = mkdtempSync(join(tmpdir(), "ticket-desk-"));
const receiver = await startReceiver();
const desk = await startDesk(join(folder, "desk.db"));
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
process.exitCode = code === 0 ? 0 : 1;
receiver.close();
rmSync(folder, { recursive: true });
