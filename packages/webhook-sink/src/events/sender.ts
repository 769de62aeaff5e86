import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { contactShape, type TrinoContact } from "./contact.ts";
import { looseObject } from "./loose-object.ts";

/** Who wrote a message, who types, or whom a conversation is with. */
export type TrinoSender = TrinoContact | TrinoAssignee;

/** Whom a conversation can be assigned to. */
export type TrinoAssignee = TrinoUser | TrinoAgentBot | TrinoCaptainAssistant;

/** Somebody who works at the desk. */
export interface TrinoUser {
  readonly id: TrinoId;
  readonly type: "user";
  readonly name?: string | null | undefined;
  /** The name that contacts see. */
  readonly available_name?: string | null | undefined;
  readonly email?: string | null | undefined;
  /** URL of the picture. */
  readonly avatar_url?: string | null | undefined;
  /** URL of the small picture. */
  readonly thumbnail?: string | null | undefined;
  readonly availability_status?: "online" | "busy" | "offline" | null | undefined;
  readonly account?: TrinoAccount | null | undefined;
}

/** A program that answers in place of a user. */
export interface TrinoAgentBot extends Automaton {
  readonly type: "agent_bot";
}

/** The desk's own assistant. */
export interface TrinoCaptainAssistant extends Automaton {
  readonly type: "captain_assistant";
}

interface Automaton {
  readonly id: TrinoId;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** URL of the picture. */
  readonly avatar_url?: string | null | undefined;
  readonly account?: TrinoAccount | null | undefined;
}

const text = z.string().nullish();
const automatonShape = { id, name: text, description: text, avatar_url: text, account: account.nullish() };

const contact = looseObject({ ...contactShape, type: z.literal("contact") });
const user = looseObject({
  id,
  type: z.literal("user"),
  name: text,
  available_name: text,
  email: text,
  avatar_url: text,
  thumbnail: text,
  availability_status: z.enum(["online", "busy", "offline"]).nullish(),
  account: account.nullish(),
});
const agentBot = looseObject({ ...automatonShape, type: z.literal("agent_bot") });
const captainAssistant = looseObject({ ...automatonShape, type: z.literal("captain_assistant") });

export const assignees: {
  readonly user: z.ZodType<TrinoUser, TrinoUser>;
  readonly agentBot: z.ZodType<TrinoAgentBot, TrinoAgentBot>;
  readonly captainAssistant: z.ZodType<TrinoCaptainAssistant, TrinoCaptainAssistant>;
} = { user, agentBot, captainAssistant };

export const sender: z.ZodType<TrinoSender, TrinoSender> = z.discriminatedUnion(
  "type",
  [contact, user, agentBot, captainAssistant],
  { error: expected("contact, user, agent_bot or captain_assistant") },
);

export const assignee: z.ZodType<TrinoAssignee, TrinoAssignee> = z.discriminatedUnion(
  "type",
  [user, agentBot, captainAssistant],
  { error: expected("user, agent_bot or captain_assistant") },
);

/** Names the types where zod would say no more than that the input is invalid. */
function expected(types: string): z.core.$ZodErrorMap {
  return ({ code }) => (code === "invalid_union" ? `expected ${types}` : undefined);
}
