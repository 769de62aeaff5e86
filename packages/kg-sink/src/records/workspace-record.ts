import type { KgWorkspace } from "../events/workspace.ts";
import type { Draft } from "./draft.ts";
import { kgCompanyId } from "./graph-ids.ts";
import type { SendingRules } from "./sending-rules.ts";

export function workspaceDraft(workspace: KgWorkspace, rules: SendingRules): Draft | string {
  const { company } = workspace;
  const properties = {
    _kg_company_id: kgCompanyId(company),
    company_id: company.id,
    workspace_id: workspace.id,
    workspace_name: workspace.name ?? undefined,
  };
  return rules.companyReason(company) ?? { asks: undefined, records: () => [{ id: "Workspace", properties }] };
}
