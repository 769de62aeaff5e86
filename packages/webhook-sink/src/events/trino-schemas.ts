import type { z } from "zod";
import { account, type TrinoAccount } from "./account.ts";
import { attachment, type TrinoAttachment } from "./attachment.ts";
import { contact, type TrinoContact } from "./contact.ts";
import { contactInbox, type TrinoContactInbox } from "./contact-inbox.ts";
import { conversation, team, type TrinoConversation, type TrinoTeam } from "./conversation.ts";
import { conversationMessage, type TrinoConversationMessage } from "./conversation-message.ts";
import { inbox, type TrinoInbox } from "./inbox.ts";
import type { Instant } from "./instant.ts";
import { message, type TrinoMessage } from "./message.ts";
import {
  assignee,
  assignees,
  sender,
  type TrinoAgentBot,
  type TrinoAssignee,
  type TrinoCaptainAssistant,
  type TrinoSender,
  type TrinoUser,
} from "./sender.ts";

/** The objects that the data of `trinoEvents` is made of, for hosts that check or build parts of it before they publish. */
export const trinoSchemas: {
  readonly account: z.ZodType<TrinoAccount, TrinoAccount>;
  readonly agentBot: z.ZodType<TrinoAgentBot, TrinoAgentBot>;
  readonly assignee: z.ZodType<TrinoAssignee, TrinoAssignee>;
  readonly attachment: z.ZodType<TrinoAttachment, TrinoAttachment>;
  readonly captainAssistant: z.ZodType<TrinoCaptainAssistant, TrinoCaptainAssistant>;
  readonly contact: z.ZodType<TrinoContact, TrinoContact>;
  readonly contactInbox: z.ZodType<TrinoContactInbox<Instant>, TrinoContactInbox>;
  readonly conversation: z.ZodType<TrinoConversation<Instant>, TrinoConversation>;
  readonly conversationMessage: z.ZodType<TrinoConversationMessage<Instant>, TrinoConversationMessage>;
  readonly inbox: z.ZodType<TrinoInbox, TrinoInbox>;
  readonly message: z.ZodType<TrinoMessage<Instant>, TrinoMessage>;
  readonly sender: z.ZodType<TrinoSender, TrinoSender>;
  readonly team: z.ZodType<TrinoTeam, TrinoTeam>;
  readonly user: z.ZodType<TrinoUser, TrinoUser>;
} = {
  ...assignees,
  account,
  assignee,
  attachment,
  contact,
  contactInbox,
  conversation,
  conversationMessage,
  inbox,
  message,
  sender,
  team,
};
