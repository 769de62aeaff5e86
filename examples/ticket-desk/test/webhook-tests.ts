import { expect, it } from "vitest";
import { DeskClient } from "../desk-client.ts";
import { aDesk, type OpenDesk } from "./a-desk.ts";
import { aReceiver } from "./a-receiver.ts";
import { aStoreFile } from "./a-store-file.ts";

const SOON = { retry: { baseMs: 20, factor: 1, maxMs: 20, attempts: 100 } };

export function webhookTests(open: OpenDesk): void {
  it("sends a ticket, signed, to the webhook that its account has registered over REST", async () => {
    const { acme } = await aDesk(open);
    const receiver = await aReceiver();
    receiver.secret = await acme.registerWebhook(receiver.url);

    await acme.openTicket({ subject: "No paper" }, { "idempotency-key": "T-1" });

    expect(await receiver.has(1)).toEqual([
      expect.objectContaining({
        event: "conversation_created",
        eventId: "acme/T-1/opened",
        payload: expect.objectContaining({ id: "T-1", additional_attributes: { subject: "No paper" } }),
      }),
    ]);
  });

  it("lets no account manage the webhooks of another", async () => {
    const { acme, url } = await aDesk(open);
    const globex = new DeskClient(url, "Bearer the token of Globex");

    const own = await acme.get("/api/v1/accounts/acme/webhooks");
    const others = await globex.get("/api/v1/accounts/acme/webhooks");
    const strangers = await new DeskClient(url, "").get("/api/v1/accounts/undefined/webhooks");

    expect([own.status, others.status, strangers.status]).toEqual([200, 401, 401]);
  });

  it("delivers after a restart what could not be delivered before", async () => {
    const path = aStoreFile();
    const receiver = await aReceiver();
    receiver.status = 503;
    const before = await aDesk(open, { path, policy: SOON });
    receiver.secret = await before.acme.registerWebhook(receiver.url);
    await before.acme.openTicket({ subject: "No paper" }, { "idempotency-key": "T-1" });
    await receiver.has(1);
    await before.stop();
    receiver.status = 204;

    const { bus } = await aDesk(open, { path, policy: SOON });

    const delivered = () => bus.deliveries.list({ sink: "hooks", state: "delivered" });
    await expect.poll(async () => (await delivered()).items.length, { timeout: 4_000 }).toBe(1);
    const ids = (await receiver.has(2)).map(({ eventId }) => eventId);
    expect(new Set(ids)).toEqual(new Set(["acme/T-1/opened"]));
  });
}
