import { optionalEpochMs } from "../events/instant.ts";
import type { KgUser } from "../events/user.ts";
import type { Draft } from "./draft.ts";
import { kgCompanyId, kgUserId } from "./graph-ids.ts";
import { kgEmailId } from "./kg-email-id.ts";
import type { SendingRules } from "./sending-rules.ts";

/** One record per company of the user that is forwarded. */
export function userDraft(user: KgUser, rules: SendingRules): Draft | string {
  if (user.companies.length === 0) return "the user is in no company";
  const companies = user.companies.filter((company) => rules.forwards(company));
  if (companies.length === 0) return "no company of the user is forwarded";
  return {
    asks: user,
    records(sharing) {
      if (sharing === "nothing") return "the user shares nothing";
      const emailId = kgEmailId(user.email);
      const allIds = companies.map(kgCompanyId);
      return companies.map((company) => ({
        id: "User",
        properties: {
          _kg_user_id: kgUserId(user),
          _kg_email_id: emailId,
          _kg_company_all_id: allIds,
          user_id: user.id,
          company_id: company.id,
          email: user.email ?? undefined,
          username: user.username ?? undefined,
          first_name: user.firstName ?? undefined,
          last_name: user.lastName ?? undefined,
          user_created_at: optionalEpochMs(user.createdAt),
          user_last_activity: optionalEpochMs(user.lastActivityAt),
        },
      }));
    },
  };
}
