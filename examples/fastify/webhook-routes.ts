import { webhooksApi } from "@bus/webhook-sink";
import type { FastifyInstance } from "fastify";
import { accountOf } from "./accounts.ts";

// #region webhooks
/** The webhooks of each account, for its settings page or its own scripts. */
export async function webhookRoutes(app: FastifyInstance): Promise<void> {
  const api = webhooksApi({
    webhooks: app.bus.sinks.hooks.webhooks,
    authorize: (request, accountId) => accountOf(request.headers.get("authorization")) === accountId,
    onError: (error) => app.log.error(error),
  });
  // The API reads bodies itself. That holds in this plugin's scope alone.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.all("/api/v1/accounts/*", (request, reply) => {
    reply.hijack();
    api.node(request.raw, reply.raw);
  });
}
// #endregion webhooks
