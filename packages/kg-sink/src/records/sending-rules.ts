import type { KgChannelRef } from "../events/channel.ts";
import type { KgCompanyRef } from "../events/company.ts";
import { isDirect } from "./direct-channel.ts";

/** What the host decides of what is sent. */
export interface SendingOptions {
  /** Ids of companies, the app's or the console's. None: all are forwarded. */
  readonly forwardedCompanies: readonly string[];
  readonly includePrivateChannels: boolean;
  readonly includeDirectChannels: boolean;
  /** Whether an owner who shares nothing is left out of Channel records. */
  readonly strictPrivacy: boolean;
}

/** Who is sent. @see docs/spec/knowledge-graph.md#who-is-sent */
export class SendingRules {
  readonly options: SendingOptions;
  readonly #forwarded: ReadonlySet<string>;

  constructor(options: SendingOptions) {
    this.options = options;
    this.#forwarded = new Set(options.forwardedCompanies);
  }

  forwards({ id, consoleId }: KgCompanyRef): boolean {
    const forwarded = this.#forwarded;
    return forwarded.size === 0 || forwarded.has(id) || (typeof consoleId === "string" && forwarded.has(consoleId));
  }

  /** Why nothing of the company is sent; undefined when it is. */
  companyReason(company: KgCompanyRef): string | undefined {
    return this.forwards(company) ? undefined : "the company is not forwarded";
  }

  /** Why neither the channel nor its messages are sent; undefined when they are. */
  channelReason(channel: KgChannelRef, workspaceId: string | null | undefined): string | undefined {
    const { includePrivateChannels, includeDirectChannels } = this.options;
    const isOpen = includePrivateChannels && includeDirectChannels;
    if (isDirect(channel, workspaceId)) return includeDirectChannels ? undefined : "direct channels are not included";
    if (channel.visibility === "private" && !includePrivateChannels) return "private channels are not included";
    // It may be one of those.
    if (!channel.visibility && !isOpen)
      return "not all channels are included, and the visibility of this one is not given";
    return undefined;
  }
}
