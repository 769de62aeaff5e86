import type { NewWebhook, Webhooks } from "@bus/webhook-sink";
import type { Receivers } from "./receivers.ts";

type Wanted = Pick<NewWebhook, "accountId" | "subscriptions"> & { readonly name: string };

const WANTED: readonly Wanted[] = [
  { name: "good", accountId: 1 },
  { name: "flaky", accountId: 1 },
  { name: "silent", accountId: 2, subscriptions: ["message_created"] },
];

/** Registers the webhooks that the desk's staff looks after, but for those that an earlier run has left in the store. */
export async function registerWebhooks(webhooks: Webhooks, receivers: Receivers): Promise<void> {
  await moveWebhooks(webhooks, receivers);
  const known = new Set((await webhooks.list()).map(({ name }) => name));
  for (const { name, accountId, subscriptions } of WANTED.filter((wanted) => !known.has(wanted.name))) {
    const receiver = receivers.named(name);
    const { url } = receiver;
    // #region create
    const webhook = await webhooks.create({ accountId, name, url, subscriptions });
    // The only time that the desk can show it: the customer copies it into the configuration of its server.
    receiver.secrets = [webhook.secret];
    // #endregion create
  }
}

/** The receivers of an earlier run have forgotten their secrets, and listen elsewhere now. */
async function moveWebhooks(webhooks: Webhooks, receivers: Receivers): Promise<void> {
  for (const { id, name } of await webhooks.list()) {
    const receiver = receivers.named(name);
    const { secret } = await webhooks.rotateSecret(id, { overlapMs: 0 });
    receiver.secrets = [secret];
    await webhooks.update(id, { url: receiver.url });
  }
}
