import type { KgCompanyRef } from "../events/company.ts";
import type { KgPerson } from "../events/person.ts";

/** `_kg_user_id`: the console's id; undefined for who has none. */
export function kgUserId(person: KgPerson): string | undefined {
  return person.consoleId || undefined;
}

/** `_kg_company_id`: the console's id, else the app's. */
export function kgCompanyId(company: KgCompanyRef): string {
  return company.consoleId || company.id;
}
