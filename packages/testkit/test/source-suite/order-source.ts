import { createHash, timingSafeEqual } from "node:crypto";
import {
  BusError,
  CLOCK,
  defineSource,
  inject,
  injectable,
  LOGGER,
  OPTIONS,
  provide,
  STATE,
  token,
  type AnySourcePlugin,
  type Clock,
  type Logger,
  type PluginState,
  type Publisher,
  type Source,
  type Token,
} from "@bus/core";
import { z } from "zod";
import { httpUpstream, type SourceSuiteOptions } from "../../src/index.ts";

/** A service of the host's. */
interface Shop {
  readonly name: string;
}

const SHOP: Token<Shop> = token("test:shop");

export interface OrderOptions {
  readonly secret: string;
}

export const orderOptions: z.ZodType<OrderOptions, OrderOptions> = z.strictObject({ secret: z.string().min(1) });

interface OrderApi {
  fetch(request: Request): Promise<Response>;
}

/** What the reference source is made of; a saboteur replaces one of it. */
export interface OrderParts {
  readonly options: OrderOptions;
  readonly shop: Shop;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For saboteurs: what is right needs none. */
  readonly state: PluginState;
}

const MAX_BYTES = 64 * 1024;

/** As it came. */
export interface Order {
  readonly id: string;
  readonly marker: string;
}

/** A right source that is called: each request is an order, answered once it is stored. */
export class OrderSource implements Source<OrderApi> {
  readonly api: OrderApi = { fetch: (request) => this.answer(request) };
  protected readonly parts: OrderParts;
  protected publisher: Publisher | undefined;
  readonly #underWay = new Set<Promise<Response>>();
  #isStopping: () => boolean = () => true;

  constructor(parts: OrderParts) {
    this.parts = parts;
  }

  start(publisher: Publisher, { signal }: { readonly signal: AbortSignal }): Promise<void> | void {
    this.publisher = publisher;
    this.#isStopping = () => signal.aborted;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  protected get isOpen(): boolean {
    return !this.#isStopping();
  }

  protected async serve(request: Request): Promise<Response> {
    if (!this.isAuthorized(request)) return new Response(null, { status: 401 });
    if (!this.isOpen) return new Response(null, { status: 503 });
    const text = await this.read(request);
    if (text === undefined) return new Response(null, { status: 413 });
    const order = this.parsed(text);
    if (!order) return new Response(null, { status: 400 });
    try {
      await this.publish(order);
      return new Response(null, { status: 204 });
    } catch (error) {
      return this.failed(error, order);
    }
  }

  protected isAuthorized(request: Request): boolean {
    const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    return timingSafeEqual(digestOf(given), digestOf(this.parts.options.secret));
  }

  /** Undefined for more than a source of orders takes. */
  protected async read({ body }: Request): Promise<string | undefined> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }

  protected parsed(text: string): Order | undefined {
    try {
      return z.object({ id: z.string().min(1), marker: z.string() }).parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  protected async publish({ id, marker }: Order): Promise<void> {
    const { shop } = this.parts;
    await this.publisher?.publish("order.placed", { marker, shop: shop.name }, { id: `order-${id}` });
  }

  protected failed(error: unknown, { id }: Order): Response {
    this.parts.logger.warn({ err: error, id }, "An order was put off.");
    const isFull = BusError.is(error, "BUS_BACKLOG_FULL");
    return new Response(null, { status: isFull ? 429 : 503, headers: { "retry-after": "5" } });
  }

  protected answer(request: Request): Promise<Response> {
    const answer = this.serve(request);
    this.#underWay.add(answer);
    const ended = (): void => void this.#underWay.delete(answer);
    answer.then(ended, ended);
    return answer;
  }
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

export const orderDeps: {
  readonly shop: Token<Shop>;
  readonly clock: Token<Clock>;
  readonly logger: Token<Logger>;
  readonly state: Token<PluginState>;
} = { shop: SHOP, clock: CLOCK, logger: LOGGER, state: STATE };

export const orderSource: (options: OrderOptions) => AnySourcePlugin = defineSource({
  name: "orders",
  options: orderOptions,
  deps: orderDeps,
  create: ({ options, deps }) => new OrderSource({ options, ...deps }),
});

/** The same as a class that gets everything by token. */
class InjectedOrderSource extends OrderSource {
  constructor(options: OrderOptions, shop: Shop, clock: Clock, logger: Logger, state: PluginState) {
    super({ options, shop, clock, logger, state });
  }
}
for (const [index, name] of [OPTIONS, SHOP, CLOCK, LOGGER, STATE].entries())
  inject(name)(InjectedOrderSource, undefined, index);
injectable()(InjectedOrderSource);

export const injectedOrderSource: (options: OrderOptions) => AnySourcePlugin = defineSource({
  name: "orders",
  options: orderOptions,
  deps: orderDeps,
  useClass: InjectedOrderSource,
});

/** What its author would hand to `sourceSuite`. */
export const orderSubject: Omit<SourceSuiteOptions, "test"> = {
  create: ({ secret }, extra) => orderSource({ secret, ...extra }),
  upstream: httpUpstream<OrderApi>({
    body: ({ id, marker }) => JSON.stringify({ id, marker }),
    headers: ({ secret }) => ({
      "content-type": "application/json",
      ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
    }),
    send: (request, api) => api.fetch(request),
  }),
  type: "order.placed",
  provide: [provide(SHOP, { name: "corner" })],
};
