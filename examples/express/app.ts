/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 takes what a handler rejects with to its error middleware. */
import { randomUUID } from "node:crypto";
import { webhooksApi } from "@bus/webhook-sink";
import express, { type ErrorRequestHandler, type Express } from "express";
import { accountOf } from "./accounts.ts";
import type { DeskBus } from "./bus.ts";
import { INTERNAL, refusalOf, type Refusal } from "./refusal-of.ts";

/** The desk's routes, on a bus that runs. */
export function makeApp(bus: DeskBus): Express {
  const app = express();
  app.disable("x-powered-by");

  // #region webhooks
  const api = webhooksApi({
    webhooks: bus.sinks.hooks.webhooks,
    // Express takes off what the API is mounted under.
    path: "",
    authorize: (request, accountId) => accountOf(request.headers.get("authorization")) === accountId,
    onError: (error) => console.error(error),
  });
  app.use("/api/v1", api.node);
  // After it: a body can be read once.
  app.use(express.json({ limit: "16kb" }));
  // #endregion webhooks

  // #region tickets
  app.post("/tickets", async (request, response) => {
    const accountId = accountOf(request.get("authorization"));
    if (accountId === undefined) return void response.status(401).json({ message: "Unauthorized" });
    // Whoever names its request may send it again: the ticket is opened once.
    const id = request.get("idempotency-key") ?? randomUUID();
    const key = `${accountId}/${id}`;
    const correlationid = request.get("x-request-id") || randomUUID();
    await bus.publish("ticket.opened", { ...request.body, id, accountId }, { id: `${key}/opened`, key, correlationid });
    // Only now: the ticket and what it owes are on the disk.
    response.status(201).json({ id });
  });
  // #endregion tickets

  // #region ready
  app.get("/ready", async (_request, response) => {
    if (bus.state !== "running") return void response.status(503).json({ bus: bus.state });
    response.json({ bus: bus.state, deliveries: await bus.deliveries.stats() });
  });
  // #endregion ready

  app.use(answerError);
  return app;
}

// #region errors
/** Express 5 brings here what a handler rejects with. */
const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const refusal = refusalOf(error) ?? refusalOfExpress(error) ?? INTERNAL;
  const { status, message, retryAfter } = refusal;
  if (status >= 500) console.error(error);
  if (retryAfter !== undefined) response.set("retry-after", String(retryAfter));
  response.status(status).json({ message });
};
// #endregion errors

/** What express.json() throws says itself whether callers may read it: a body that is no JSON, or too large. */
function refusalOfExpress(error: { status: number; expose?: boolean; message: string }): Refusal | undefined {
  return error?.expose === true ? { status: error.status, message: error.message } : undefined;
}
