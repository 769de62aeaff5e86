import type { AllowList } from "./allow-list.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** What every transport of this package takes: a host changes from one to another by its name alone. */
export interface TransportOptions {
  /** Private targets that every request may reach. @default none */
  readonly allow?: AllowList;
  /** Sent unless a request has a `user-agent` of its own. @default "bus-http" */
  readonly userAgent?: string;
  /** Finds the addresses of a host name. Its answers are checked like any other. @default `resolveHost`: DNS, then the operating system */
  readonly resolve?: ResolveHost;
}
