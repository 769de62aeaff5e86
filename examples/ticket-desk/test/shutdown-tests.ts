import { once } from "node:events";
import { Agent, request } from "node:http";
import { json } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { DeskClient } from "../desk-client.ts";
import { startDesk } from "../desk-process.ts";
import { aDesk, type OpenDesk } from "./a-desk.ts";
import { aReceiver } from "./a-receiver.ts";
import { aStoreFile } from "./a-store-file.ts";

const TIMEOUT = { timeout: 20_000 };

export function shutdownTests(open: OpenDesk, script: string): void {
  it(
    "answers the request under way at a SIGTERM, and its ticket arrives, now or after the next start",
    TIMEOUT,
    async () => {
      const path = aStoreFile();
      const receiver = await aReceiver();
      const desk = await startDesk(script, path);
      const acme = new DeskClient(desk.url);
      receiver.secret = await acme.registerWebhook(receiver.url);
      const ticket = await aTicketUnderWay(desk.url);

      const ended = desk.stop();
      await isRefused(desk.url);
      const answer = await ticket.finish();
      const code = await ended;
      await aDesk(open, { path });

      expect({ answer, code }).toEqual({ answer: { status: 201, body: { id: "T-1" } }, code: 0 });
      const ids = (await receiver.has(1)).map(({ eventId }) => eventId);
      expect(ids).toEqual(["acme/T-1/opened"]);
    },
  );

  it("ends with its last answer, though the client keeps the connection", TIMEOUT, async () => {
    const desk = await startDesk(script, aStoreFile());
    const ticket = await aTicketUnderWay(desk.url);
    const ended = desk.stop();
    await isRefused(desk.url);

    await ticket.finish();
    const answeredAt = performance.now();
    await ended;

    // Left to itself it would wait for 5 s or more.
    expect(performance.now() - answeredAt).toBeLessThan(4_000);
  });
}

async function isRefused(url: string): Promise<void> {
  await expect.poll(() => fetch(url).catch(() => "refused"), { timeout: 10_000 }).toBe("refused");
}

/** A request of which the desk has the headers, and waits for the body. The client keeps the connection afterwards. */
async function aTicketUnderWay(url: string): Promise<{ finish(): Promise<{ status: unknown; body: unknown }> }> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const body = JSON.stringify({ subject: "No paper" });
  const sent = request(`${url}/tickets`, {
    method: "POST",
    agent,
    headers: {
      authorization: "Bearer the token of Acme",
      "content-type": "application/json",
      "content-length": body.length,
      "idempotency-key": "T-1",
      expect: "100-continue",
    },
  });
  const answered = once(sent, "response");
  sent.flushHeaders();
  await once(sent, "continue");
  return {
    async finish() {
      sent.end(body);
      const [response] = await answered;
      return { status: response.statusCode, body: await json(response) };
    },
  };
}
