import type { KgCompany } from "../events/company.ts";
import type { Draft } from "./draft.ts";
import { kgCompanyId } from "./graph-ids.ts";
import type { SendingRules } from "./sending-rules.ts";

export function companyDraft(company: KgCompany, rules: SendingRules): Draft | string {
  const properties = {
    _kg_company_id: kgCompanyId(company),
    company_id: company.id,
    company_name: company.name ?? undefined,
  };
  return rules.companyReason(company) ?? { asks: undefined, records: () => [{ id: "Company", properties }] };
}
