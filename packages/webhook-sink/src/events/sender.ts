import { z } from "zod";
import { id, type TrinoId } from "./account.ts";

/** Who wrote a message, or whom a conversation is with: a contact, user, agent bot or captain assistant. */
export interface TrinoSender {
  readonly id: TrinoId;
  readonly type: "contact" | "user" | "agent_bot" | "captain_assistant";
  readonly name?: string | null | undefined;
}

export const sender: z.ZodType<TrinoSender, TrinoSender> = z.looseObject({
  id,
  type: z.enum(["contact", "user", "agent_bot", "captain_assistant"]),
  name: z.string().nullish(),
});
