import type { IncomingMessage, ServerResponse } from "node:http";
import { BusError } from "@bus/core";
import { getRequestListener, RequestError } from "@hono/node-server";
import { Hono, type Context } from "hono";
import { z } from "zod";
import { issueWords } from "../issue-words.ts";
import type { Webhooks, WebhookView } from "../webhooks.ts";
import { answer, emptyAnswer, refusal, refusalOf, RefusedRequest } from "./answer.ts";
import { readJsonObject } from "./read-json-object.ts";
import { changesOf, idOf, webhookJson } from "./webhook-json.ts";

export interface WebhooksApiOptions {
  /** The host API of a sink: `bus.sinks.hooks.webhooks`. */
  readonly webhooks: Pick<Webhooks, "create" | "list" | "get" | "update" | "remove">;
  /**
   * Whether the caller may manage the account's webhooks; anything but true refuses. Called first, for every request to a webhook route,
   * with the account id of the path, decoded. It must leave the body unread; it may read that of a clone().
   */
  readonly authorize: (request: Request, accountId: string) => boolean | Promise<boolean>;
  /** What stands before `/accounts`, in the URL as the handler gets it: empty behind a router that has taken it off. @default "/api/v1" */
  readonly path?: string | undefined;
  /** @default 65_536 */
  readonly maxBodyBytes?: number | undefined;
  /** Gets what `authorize` or the store threw; the caller only reads "Internal error". @default process.emitWarning */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Two faces of one API, to be used with or without their object. */
export interface WebhooksApi {
  /** What is no webhook route is answered with 404. */
  fetch(request: Request): Promise<Response>;
  /**
   * What is no webhook route goes to `next`, where there is one, as in Express; else it is answered with 404. It comes before whatever reads
   * bodies. How long a slow caller may take is for the server's `requestTimeout` to say.
   */
  node(request: IncomingMessage, response: ServerResponse, next?: () => void): void;
}

const COLLECTION = "/accounts/:account_id/webhooks";
const MEMBER = `${COLLECTION}/:id` as const;

/**
 * The webhooks of an account over HTTP, as the desk serves them. Callers choose URL, name, inbox and subscriptions, and may enable or disable;
 * every other setting, such as headers and private targets, is the host's alone: a tenant must not open its network. It keeps nothing.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/trino-webhooks.md#subscriptions-per-account-webhooks
 */
export function webhooksApi(options: WebhooksApiOptions): WebhooksApi {
  const { webhooks, authorize, path, maxBodyBytes, onError = warn } = parsed(options);
  const app = new Hono({ strict: false }).basePath(path);

  /** The webhook of the path, when it is the account's. */
  const own = async ({ req }: Context<object, typeof MEMBER>): Promise<WebhookView> => {
    const id = idOf(req.param("id"));
    const webhook = typeof id === "number" ? await webhooks.get(id) : undefined;
    if (webhook === undefined || String(webhook.accountId) !== req.param("account_id")) {
      throw new RefusedRequest(404, "Webhook not found");
    }
    return webhook;
  };

  // Errors pass through Hono, which would log them, to the first handler.
  app.onError((error) => {
    throw error;
  });
  app.notFound(() => refusal(404, "Not found"));

  app.use(async (_context, next) => {
    try {
      await next();
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) onError(error);
      return refused ?? refusal(500, "Internal error");
    }
    return undefined;
  });
  app.on("ALL", [COLLECTION, MEMBER], async ({ req }, next) => {
    const isAuthorized: unknown = await authorize(req.raw, req.param("account_id"));
    if (isAuthorized !== true) throw new RefusedRequest(401, "Unauthorized");
    await next();
  });

  app.get(COLLECTION, async ({ req }) => {
    const list = await webhooks.list({ accountId: idOf(req.param("account_id")) });
    return answer({ payload: { webhooks: list.map(webhookJson) } });
  });
  app.post(COLLECTION, async ({ req }) => {
    const { url = "", ...settings } = changesOf(await readJsonObject(req.raw, maxBodyBytes));
    const webhook = await webhooks.create({ ...settings, url, accountId: idOf(req.param("account_id")) });
    return answer({ payload: { webhook: { ...webhookJson(webhook), secret: webhook.secret } } });
  });
  app.all(COLLECTION, () => refusal(405, "Method not allowed", { allow: "GET, HEAD, POST" }));

  app.on(["PATCH", "PUT"], MEMBER, async (context) => {
    const webhook = await own(context);
    const changes = changesOf(await readJsonObject(context.req.raw, maxBodyBytes));
    // They were meant for the URL that the host knew.
    const isHostsOwn = webhook.headers !== undefined || webhook.allow !== undefined;
    if (isHostsOwn && changes.url !== undefined && changes.url !== webhook.url)
      throw new RefusedRequest(422, "Url can only be changed by the desk");
    return answer({ payload: { webhook: webhookJson(await webhooks.update(webhook.id, changes)) } });
  });
  app.delete(MEMBER, async (context) => {
    await webhooks.remove((await own(context)).id);
    return emptyAnswer();
  });
  app.all(MEMBER, () => refusal(405, "Method not allowed", { allow: "DELETE, PATCH, PUT" }));

  const isRoute = (url: string): boolean => {
    const { pathname = "" } = URL.parse(url, "http://localhost") ?? {};
    const base = `${path}/accounts/`;
    return pathname.startsWith(base) && /^[^/]+\/webhooks(\/[^/]*)?\/?$/.test(pathname.slice(base.length));
  };

  // The global Request and Response are the host's.
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      if (error instanceof RequestError) return refusal(400, "Request is not valid");
      warn(error);
      return refusal(500, "Internal error");
    },
  });
  return {
    fetch: async (request) => app.fetch(request),
    node: (request, response, next) => {
      if (next && !isRoute(request.url ?? "")) return next();
      // The listener would take it for an empty one, and blame the caller.
      const wasRead = request.readableDidRead && request.method !== "GET" && request.method !== "DELETE";
      if (wasRead)
        onError(new TypeError("webhooksApi() got a request whose body was read before: mount it before body parsers."));
      if (wasRead) void response.writeHead(500).end();
      else void listener(request, response);
    },
  };
}

const apiOptions = z.strictObject({
  webhooks: z.custom<WebhooksApiOptions["webhooks"]>(
    (value) => typeof value === "object" && value !== null && "create" in value,
    "expected bus.sinks.<name>.webhooks",
  ),
  authorize: aFunction<WebhooksApiOptions["authorize"]>(),
  path: z.string().default("/api/v1"),
  maxBodyBytes: z.int().min(1).default(65_536),
  onError: aFunction<NonNullable<WebhooksApiOptions["onError"]>>().optional(),
});

function aFunction<F>(): z.ZodType<F> {
  return z.custom<F>((value) => typeof value === "function", "expected a function");
}

function parsed(options: unknown): z.output<typeof apiOptions> {
  const { data, error } = apiOptions.safeParse(options);
  if (data) return data;
  throw new BusError("BUS_OPTION_INVALID", ["The options of webhooksApi()", issueWords(error)]);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
