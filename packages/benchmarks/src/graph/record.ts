import { kgEmailId } from "@bus/kg-sink";
import { chatMessage } from "./chat-message.ts";

/** A request's body with one record, as a host would make it by hand. */
export function recordOf(index: number): string {
  const { threadId, content, createdAt, updatedAt, author, company, workspaceId, channel } = chatMessage(index);
  const properties = {
    _kg_user_id: author?.consoleId,
    _kg_email_id: kgEmailId(author?.email ?? ""),
    _kg_company_id: company.consoleId,
    message_thread_id: threadId,
    message_content: content,
    message_created_at: createdAt,
    message_updated_at: updatedAt,
    type_message: "message",
    company_id: company.id,
    workspace_id: workspaceId,
    channel_id: channel.id,
    user_id: author?.id,
  };
  return JSON.stringify({ records: [{ key: "null", value: { id: "Message", properties } }] });
}
