import type { Logger as BusLogger } from "@bus/core";
import { Logger } from "@nestjs/common";

/** Nest's logger in the form that the bus knows: fields first, then the message. */
export function nestLogger(context: string): BusLogger {
  const logger = new Logger(context);
  return {
    debug: (fields, message) => logger.debug({ message, ...fields }),
    info: (fields, message) => logger.log({ message, ...fields }),
    warn: (fields, message) => logger.warn({ message, ...fields }),
    error: (fields, message) => logger.error({ message, ...fields }),
  };
}
