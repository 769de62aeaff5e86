import { randomUUID } from "node:crypto";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from "fastify";
import { busPlugin } from "./bus-plugin.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { drain } from "./drain.ts";
import { INTERNAL, refusalOf } from "./refusal-of.ts";
import { ticketRoutes } from "./ticket-routes.ts";
import { webhookRoutes } from "./webhook-routes.ts";

// #region app
/** The desk, with its bus started. */
export async function makeApp(
  settings: DeskSettings,
  logger: FastifyServerOptions["logger"] = false,
): Promise<FastifyInstance> {
  const app = Fastify({
    logger,
    bodyLimit: 16_384,
    // Where a caller sends none, Fastify makes one; it would be 1 again after each restart.
    requestIdHeader: "x-request-id",
    genReqId: () => randomUUID(),
  });
  app.addHook("preClose", async () => drain(app.server, 5_000));
  app.setErrorHandler<FastifyError>(answerError);
  await app.register(busPlugin, settings);
  await app.register(webhookRoutes);
  await app.register(ticketRoutes);

  app.get("/ready", async (_request, reply) => {
    if (app.bus.state !== "running") return reply.code(503).send({ bus: app.bus.state });
    return { bus: app.bus.state, deliveries: await app.bus.deliveries.stats() };
  });
  return app;
}
// #endregion app

/** What a handler rejects with. A body that is no JSON, or too large, Fastify words itself. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 500 } = error;
  if (statusCode < 500) return void reply.send(error);
  const { status, message, retryAfter } = refusalOf(error) ?? INTERNAL;
  if (status >= 500) request.log.error(error);
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  reply.code(status).send({ message });
}
