// #region class
import {
  defineSink,
  delivered,
  inject,
  injectable,
  LOGGER,
  OPTIONS,
  type Delivery,
  type Logger,
  type Outcome,
  type Sink,
} from "@bus/core";
import { z } from "zod";

const options = z.strictObject({ prefix: z.string() });
type Options = z.output<typeof options>;

class LogSink implements Sink {
  readonly #options: Options;
  readonly #logger: Logger;

  constructor(given: Options, logger: Logger) {
    this.#options = given;
    this.#logger = logger;
  }

  deliver(batch: readonly Delivery[]): readonly Outcome[] {
    for (const { event } of batch) this.#logger.info({ event: event.id }, `${this.#options.prefix}${event.type}`);
    return batch.map(() => delivered());
  }
}
// What @inject(OPTIONS) and @inject(LOGGER) on its parameters and @injectable() on the class do, for code that nothing compiles. In this order.
inject(OPTIONS)(LogSink, undefined, 0);
inject(LOGGER)(LogSink, undefined, 1);
injectable()(LogSink);

export const logSink = defineSink({ name: "log", options, useClass: LogSink });
// #endregion class
