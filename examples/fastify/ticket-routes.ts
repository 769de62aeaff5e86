import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { accountOf } from "./accounts.ts";
import type { TicketForm } from "./ticket-events.ts";

// #region tickets
export async function ticketRoutes(app: FastifyInstance): Promise<void> {
  app.post<{ Body: TicketForm }>("/tickets", async (request, reply) => {
    const { authorization, "idempotency-key": given } = request.headers;
    const accountId = accountOf(authorization);
    if (accountId === undefined) return reply.code(401).send({ message: "Unauthorized" });
    // Whoever names its request may send it again: the ticket is opened once.
    const id = typeof given === "string" ? given : randomUUID();
    const key = `${accountId}/${id}`;
    await app.bus.publish(
      "ticket.opened",
      { ...request.body, id, accountId },
      { id: `${key}/opened`, key, correlationid: request.id },
    );
    // Only now: the ticket and what it owes are on the disk.
    return reply.code(201).send({ id });
  });
}
// #endregion tickets
