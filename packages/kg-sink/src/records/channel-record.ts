import type { KgChannel } from "../events/channel.ts";
import { isDirect, workspaceIdOf } from "./direct-channel.ts";
import type { Draft } from "./draft.ts";
import { kgCompanyId, kgUserId } from "./graph-ids.ts";
import { kgEmailId } from "./kg-email-id.ts";
import type { SendingRules } from "./sending-rules.ts";

/** What a channel's owner shares decides only with `strictPrivacy`, and then only of the owner's ids. */
export function channelDraft(channel: KgChannel, rules: SendingRules): Draft | string {
  const reason = rules.companyReason(channel.company) ?? rules.channelReason(channel, channel.workspaceId);
  if (reason !== undefined) return reason;
  return {
    asks: rules.options.strictPrivacy ? (channel.owner ?? undefined) : undefined,
    records(sharing) {
      const owner = sharing === "nothing" ? undefined : channel.owner;
      return [
        {
          id: "Channel",
          properties: {
            _kg_user_id: owner ? kgUserId(owner) : undefined,
            _kg_email_id: kgEmailId(owner?.email),
            _kg_company_id: kgCompanyId(channel.company),
            channel_id: channel.id,
            channel_name: isDirect(channel, channel.workspaceId) ? undefined : (channel.name ?? undefined),
            channel_owner: owner?.id,
            workspace_id: workspaceIdOf(channel, channel.workspaceId),
            company_id: channel.company.id,
          },
        },
      ];
    },
  };
}
