import type { TeleflowOperation } from "./teleflow-stub.ts";

export type KnownRoute =
  | { readonly operation: Exclude<TeleflowOperation, "cancel" | "other"> }
  | { readonly operation: "cancel"; readonly transactionId: string };

export type Route =
  | KnownRoute
  /** `undecodable`: the path fits, but an id in it cannot be decoded. */
  | { readonly operation: "other"; readonly undecodable?: string };

const FIXED: Readonly<Record<string, Route>> = {
  "POST /v1/events/trigger": { operation: "trigger" },
  "POST /v1/events/trigger/bulk": { operation: "bulk" },
  "POST /v1/events/trigger/broadcast": { operation: "broadcast" },
  "GET /v1/notifications": { operation: "notifications" },
};

/** As Express has it: the path's case does not matter, nor does a slash at its end. */
export function routeOf(method: string, url: string): Route {
  const path = url.split("?", 1)[0]!;
  const fixed = FIXED[`${method} ${path.toLowerCase().replace(/\/$/, "")}`];
  if (fixed) return fixed;
  const id = method === "DELETE" ? /^\/v1\/events\/trigger\/([^/]+)\/?$/i.exec(path)?.[1] : undefined;
  if (id === undefined) return { operation: "other" };
  try {
    return { operation: "cancel", transactionId: decodeURIComponent(id) };
  } catch {
    return { operation: "other", undecodable: id };
  }
}
