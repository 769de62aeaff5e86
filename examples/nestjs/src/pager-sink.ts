import { defineSink, delivered, inject, injectable, OPTIONS, token, type Delivery, type Outcome } from "@bus/core";
import { z } from "zod";
import type { Pager } from "./pager.ts";
import { ticketEvents } from "./ticket-events.ts";

// #region sink
/** Under this token the bus hands its plugins the application's pager. */
export const PAGER = token<Pick<Pager, "page">>("ticket-desk:pager");

const options = z.strictObject({ team: z.string() });

/** Pages a team. What the pager throws, the bus tries again. */
@injectable()
class PagerSink {
  readonly #options: z.output<typeof options>;
  readonly #pager: Pick<Pager, "page">;

  // The bus resolves by token alone: each parameter names its own.
  constructor(@inject(OPTIONS) given: z.output<typeof options>, @inject(PAGER) pager: Pick<Pager, "page">) {
    this.#options = given;
    this.#pager = pager;
  }

  async deliver([delivery]: readonly Delivery[]): Promise<readonly Outcome[]> {
    const { subject } = ticketEvents["ticket.opened"].parse(delivery?.event.data);
    await this.#pager.page(`${this.#options.team}: ${subject}`);
    return [delivered()];
  }
}

export const pagerSink = defineSink({
  name: "pager",
  options,
  accepts: ticketEvents,
  deps: { pager: PAGER },
  useClass: PagerSink,
});
// #endregion sink
