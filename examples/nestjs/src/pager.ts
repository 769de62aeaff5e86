import { Injectable, Logger } from "@nestjs/common";

/** Reaches who is on duty. A desk of yours would call its pager service here. */
@Injectable()
export class Pager {
  readonly #logger = new Logger(Pager.name);

  async page(text: string): Promise<void> {
    this.#logger.log(text);
  }
}
