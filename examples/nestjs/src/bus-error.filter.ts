import { BusError } from "@bus/core";
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { INTERNAL, refusalOf } from "./refusal-of.ts";

/** Answers what the bus refuses. All other errors are Nest's. */
@Catch(BusError)
export class BusErrorFilter implements ExceptionFilter<BusError> {
  readonly #logger = new Logger(BusErrorFilter.name);
  readonly #host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    this.#host = host;
  }

  catch(error: BusError, host: ArgumentsHost): void {
    const { httpAdapter } = this.#host;
    const response: unknown = host.switchToHttp().getResponse();
    const { status, message, retryAfter } = refusalOf(error) ?? INTERNAL;
    if (status >= 500) this.#logger.error(error);
    if (retryAfter !== undefined) httpAdapter.setHeader(response, "retry-after", String(retryAfter));
    httpAdapter.reply(response, { message }, status);
  }
}
