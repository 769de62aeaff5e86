import type { TeleflowStubRequest, TeleflowStubTrigger } from "./teleflow-stub.ts";

/** A fault that `accepts` loses the answer to a request that was taken up as ever, its idempotency key with it; else nothing came of it. */
export type TeleflowRequestFault =
  /** The service takes so long, by the clock of the stub: a second request with the same idempotency key is answered 409 meanwhile. */
  | { readonly kind: "latency"; readonly ms: number }
  /** The connection is reset. */
  | { readonly kind: "reset"; readonly accepts?: boolean }
  /** There is no answer, and the connection stays open until `close()`. */
  | { readonly kind: "hang"; readonly accepts?: boolean }
  /**
   * An error of the service itself: 400, 422, 500 and above are kept under the request's idempotency key, as the service keeps them. Or, if
   * `json` is false, the HTML page of a gateway before it, which keeps nothing.
   */
  | {
      readonly kind: "status";
      readonly status: number;
      /** @default true */
      readonly json?: boolean;
      /** @default the status in words */
      readonly message?: string | readonly string[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly accepts?: boolean;
    }
  /** The answer to a bulk has so many results, whatever the number of triggers; all of these are taken up. */
  | { readonly kind: "results"; readonly count: number }
  /** Any body, such as a login page with status 200, from before the service. */
  | {
      readonly kind: "body";
      readonly status: number;
      readonly body: string;
      /** @default "text/html" */
      readonly contentType?: string;
      readonly accepts?: boolean;
    };

/** What the service says of one trigger, which it does not take up then; or that it loses one that it said is processed. */
export type TeleflowTriggerFault = { readonly status: string; readonly error?: readonly string[] } | "lost";

/** Asked at each request, and at each trigger or broadcast that the service would look at. Replace them at any time. */
export interface TeleflowFaults {
  /** Called once a request is in whole; `index` is its place in `requests`. */
  readonly request?: (request: TeleflowStubRequest, index: number) => TeleflowRequestFault | undefined;
  readonly trigger?: (trigger: TeleflowStubTrigger, request: TeleflowStubRequest) => TeleflowTriggerFault | undefined;
}
