import { startApi } from "./api.ts";
import { endFor, readArguments } from "./arguments.ts";
import { makeBus } from "./bus.ts";
import { publishConversation } from "./conversations.ts";
import { deliveryLog } from "./delivery-log.ts";
import { liveView } from "./live-view.ts";
import { startReceivers } from "./receivers.ts";
import { recover } from "./recovery.ts";
import { registerWebhooks } from "./register.ts";
import { SettingsPage } from "./settings-page.ts";
import { settled } from "./settled.ts";
import { leftovers, summaryOf } from "./summary.ts";

const ACME = { id: 1, name: "Acme Inc" };
const GLOBEX = { id: 2, name: "Globex" };

const { store } = readArguments();
const receivers = await startReceivers(store && `${store}.received`);
const bus = makeBus(store);
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

await bus.start().catch(endFor);
const { webhooks } = bus.sinks.hooks;
const api = await startApi(webhooks);
if (store !== undefined)
  console.log(`Press Ctrl-C or run "kill -9 ${process.pid}", then start it again with the same store.`);
const before = await bus.deliveries.stats();
if (before.events > 0) console.log(leftovers(before));

// The staff registers some webhooks; Globex another, on its settings page.
await registerWebhooks(webhooks, receivers);
const globexPage = new SettingsPage(api, GLOBEX.id, "the token of Globex's admin");
const gone = receivers.named("gone");
if (!(await globexPage.list()).some(({ name }) => name === "gone"))
  gone.secrets = [await globexPage.create({ name: "gone", url: gone.url })];

const registered = await webhooks.list();
const names = new Map(registered.map(({ id, name = "" }) => [String(id), name]));
const { tell } = liveView(bus.events, names);

const [first] = await webhooks.list({ accountId: ACME.id });
if (first === undefined) throw new Error("Acme has no webhook.");
const { status, latencyMs } = await webhooks.test(first.id);
tell(`A test of "${first.name}" was answered with ${status} after ${latencyMs} ms.`);

await publishConversation(bus, ACME, 10);
await publishConversation(bus, GLOBEX, 20);
// #region rotate
// For this hour both secrets sign, so that no delivery fails while the customer moves from one to the other.
const { secret } = await webhooks.rotateSecret(first.id, { overlapMs: 3_600_000 });
// #endregion rotate
tell(`The secret of "${first.name}" is rotated.`);
await publishConversation(bus, ACME, 11);
await publishConversation(bus, GLOBEX, 21);
await settled(bus, interrupted.signal);
receivers.named(first.name).secrets = [secret];

if (!interrupted.signal.aborted) await recover(bus, receivers, globexPage, tell);
const stats = await settled(bus, interrupted.signal);

const flaky = registered.find(({ name }) => name === "flaky");
const log = flaky && (await deliveryLog(bus, flaky.id));
const { items } = await bus.deliveries.list();
// Finishes what is under way and gives back the rest: nothing waits for a lease at the next start.
await bus.stop();
await api.close();
await receivers.close();

console.log(`\n${summaryOf(items, names)}\n\nThe log of "flaky"\n  ${log?.join("\n  ")}`);
const isAsExpected = stats.delivered === 14 && stats.dead === 0 && stats.parked === 0;
process.exitCode = isAsExpected ? 0 : 1;
