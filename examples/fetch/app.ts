import { randomUUID } from "node:crypto";
import { webhooksApi } from "@bus/webhook-sink";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { accountOf } from "./accounts.ts";
import type { DeskBus } from "./bus.ts";
import { INTERNAL, refusalOf } from "./refusal-of.ts";
import type { TicketForm } from "./ticket-events.ts";

/** The desk's routes, on a bus that runs: an object with `fetch`, as every server of Fetch handlers takes it. */
export function makeApp(bus: DeskBus) {
  const app = new Hono();

  // #region webhooks
  const api = webhooksApi({
    webhooks: bus.sinks.hooks.webhooks,
    authorize: (request, accountId) => accountOf(request.headers.get("authorization")) === accountId,
    onError: (error) => console.error(error),
  });
  app.all("/api/v1/accounts/*", ({ req }) => api.fetch(req.raw));
  // #endregion webhooks

  // #region tickets
  app.post("/tickets", requestId(), bodyLimit({ maxSize: 16_384 }), async (context) => {
    const { req } = context;
    const accountId = accountOf(req.header("authorization"));
    if (accountId === undefined) return context.json({ message: "Unauthorized" }, 401);
    const form = await req.json<TicketForm>();
    // Whoever names its request may send it again: the ticket is opened once.
    const id = req.header("idempotency-key") ?? randomUUID();
    const key = `${accountId}/${id}`;
    const correlationid = context.get("requestId");
    await bus.publish("ticket.opened", { ...form, id, accountId }, { id: `${key}/opened`, key, correlationid });
    // Only now: the ticket and what it owes are on the disk.
    return context.json({ id }, 201);
  });
  // #endregion tickets

  // #region ready
  app.get("/ready", async (context) => {
    if (bus.state !== "running") return context.json({ bus: bus.state }, 503);
    return context.json({ bus: bus.state, deliveries: await bus.deliveries.stats() });
  });
  // #endregion ready

  // #region errors
  app.onError((error) => {
    // The framework's own, such as a body that is too large.
    if (error instanceof HTTPException) return error.getResponse();
    if (error instanceof SyntaxError) return Response.json({ message: "Body is not JSON" }, { status: 400 });
    const { status, message, retryAfter } = refusalOf(error) ?? INTERNAL;
    if (status >= 500) console.error(error);
    const response = Response.json({ message }, { status });
    if (retryAfter !== undefined) response.headers.set("retry-after", String(retryAfter));
    return response;
  });
  // #endregion errors

  return app;
}
