import { expect, it, onTestFinished, vi } from "vitest";
import { DeskClient } from "../desk-client.ts";
import { aDesk, type OpenDesk } from "./a-desk.ts";
import { aReceiver } from "./a-receiver.ts";

export interface ErrorLog {
  error(error: unknown): unknown;
}

export function ticketTests(open: OpenDesk, log: ErrorLog): void {
  it("answers 201 once the ticket is in the store", async () => {
    const { acme, bus } = await aDesk(open);

    const response = await acme.openTicket({ subject: "No paper" }, { "x-request-id": "request-1" });

    const { id } = (await response.json()) as { id: string };
    const { items } = await bus.deliveries.list({ sink: "hooks" });
    expect(response.status).toBe(201);
    expect(items.map(({ event }) => event)).toEqual([
      expect.objectContaining({ correlationid: "request-1", data: { id, accountId: "acme", subject: "No paper" } }),
    ]);
  });

  it("opens a ticket for a request whose id is empty, too", async () => {
    const { acme } = await aDesk(open);

    const { status } = await acme.openTicket({ subject: "No paper" }, { "x-request-id": "" });

    expect(status).toBe(201);
  });

  it.each([
    { name: "no subject", form: { subject: " " }, headers: {}, message: /^The data of "ticket.opened" does not fit/ },
    { name: "no object", form: ["No paper"], headers: {}, message: /^The data of "ticket.opened" does not fit/ },
    { name: "no id", form: { subject: "No paper" }, headers: { "idempotency-key": "T 1" }, message: /id must be/ },
  ])("answers 422 to $name, and records nothing", async ({ form, headers, message }) => {
    const { acme, bus } = await aDesk(open);

    const response = await acme.openTicket(form, headers);

    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ message: expect.stringMatching(message) });
    expect((await bus.deliveries.stats()).events).toBe(0);
  });

  it("answers what it cannot read with 400, what is too large with 413, and a stranger with 401", async () => {
    const { acme, url } = await aDesk(open);
    const headers = { "content-type": "application/json", authorization: "Bearer the token of Acme" };

    const unreadable = await fetch(`${url}/tickets`, { method: "POST", headers, body: "{" });
    const large = await acme.openTicket({ subject: "No paper", text: "a".repeat(16_384) });
    const stranger = await new DeskClient(url, "Bearer nobody's").openTicket({ subject: "No paper" });

    expect([unreadable.status, large.status, stranger.status]).toEqual([400, 413, 401]);
  });

  it("opens a ticket once that is sent twice under one Idempotency-Key", async () => {
    const { acme, bus } = await aDesk(open);
    const send = () => acme.openTicket({ subject: "No paper" }, { "idempotency-key": "T-1" });

    const answers = [await send(), await send()];

    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect((await bus.deliveries.stats()).events).toBe(1);
  });

  it("asks callers to come again when the backlog is full", async () => {
    const logged = taken(log);
    const { acme, bus } = await aDesk(open, { maxBacklog: 2 });
    const receiver = await aReceiver();
    receiver.status = 503;
    receiver.secret = await acme.registerWebhook(receiver.url);

    // Whether the backlog holds one ticket or two depends on the sinks of the desk.
    const first = await acme.openTicket({ subject: "No paper" });
    const second = await acme.openTicket({ subject: "No ink" });
    const refused = second.status === 201 ? await acme.openTicket({ subject: "No toner" }) : second;

    expect(first.status).toBe(201);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "BUS_BACKLOG_FULL" }));
    expect((await bus.deliveries.stats()).events).toBe(refused === second ? 1 : 2);
  });

  it("says that it is ready, with what the bus has to do, until the bus stops", async () => {
    taken(log);
    const { acme, bus } = await aDesk(open);

    const ready = await acme.get("/ready");
    await bus.stop();
    const stopped = await acme.get("/ready");
    const late = await acme.openTicket({ subject: "No paper" });

    expect([ready.status, await ready.json()]).toEqual([
      200,
      { bus: "running", deliveries: expect.objectContaining({ events: 0, pending: 0, dead: 0 }) },
    ]);
    expect([stopped.status, await stopped.json()]).toEqual([503, { bus: "stopped" }]);
    expect(late.status).toBe(503);
  });
}

/** What the desk logs from here to the end of the test, which nobody sees. */
function taken(log: ErrorLog) {
  const error = vi.spyOn(log, "error").mockReturnValue(undefined);
  onTestFinished(() => error.mockRestore());
  return error;
}
