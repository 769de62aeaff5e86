import { hash } from "node:crypto";

/**
 * The id under which the knowledge graph knows whoever has this email, `_kg_email_id`: the id of recipients. Hosts index their users by it.
 * Undefined without an address.
 *
 * @see docs/spec/knowledge-graph.md#records-fixtureskgrecordsjson-holds-one-of-each
 */
export function kgEmailId(email: string | null | undefined): string | undefined {
  const address = email?.trim().toLowerCase();
  return address ? hash("md5", address) : undefined;
}
