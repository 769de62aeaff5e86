import { optionalEpochMs, toEpochMs } from "../events/instant.ts";
import type { KgMessage } from "../events/message.ts";
import { workspaceIdOf } from "./direct-channel.ts";
import type { Draft } from "./draft.ts";
import { kgCompanyId, kgUserId } from "./graph-ids.ts";
import { kgEmailId } from "./kg-email-id.ts";
import type { SendingRules } from "./sending-rules.ts";

/** The text is sent only if the author shares all, and not once it is deleted. */
export function messageDraft(message: KgMessage, rules: SendingRules): Draft | string {
  const { author, company, channel, workspaceId } = message;
  if (!author) return "the message has no author";
  const reason = rules.companyReason(company) ?? rules.channelReason(channel, workspaceId);
  if (reason !== undefined) return reason;
  return {
    asks: author,
    records(sharing) {
      if (sharing === "nothing") return "the author shares nothing";
      return [
        {
          id: "Message",
          properties: {
            _kg_user_id: kgUserId(author),
            _kg_email_id: kgEmailId(author.email),
            _kg_company_id: kgCompanyId(company),
            message_thread_id: message.threadId,
            message_content: sharing === "all" && message.deleted !== true ? (message.content ?? "") : "",
            message_created_at: toEpochMs(message.createdAt),
            message_updated_at: optionalEpochMs(message.updatedAt),
            type_message: message.type ?? "message",
            company_id: company.id,
            workspace_id: workspaceIdOf(channel, workspaceId),
            channel_id: channel.id,
            user_id: author.id,
          },
        },
      ];
    },
  };
}
