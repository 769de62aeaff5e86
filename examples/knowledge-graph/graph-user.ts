// #region mapper
import type { BusEvent } from "@bus/core";
import type { KgUser } from "@bus/kg-sink";
import type { ChatUser } from "./chat-user.ts";

/** The app's own user, as the graph has users. */
export function graphUser({ data }: BusEvent<string, ChatUser>): KgUser {
  const [firstName, lastName] = data.fullName;
  return {
    id: data.id,
    consoleId: data.console,
    email: data.mail,
    username: data.nick,
    firstName,
    lastName,
    createdAt: data.joinedAt,
    lastActivityAt: data.seenAt,
    companies: data.memberOf,
  };
}
// #endregion mapper
