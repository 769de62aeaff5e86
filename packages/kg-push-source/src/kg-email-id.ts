import { hash } from "node:crypto";

/**
 * The id under which the knowledge graph knows whoever has this email, `_kg_email_id`: the id of recipients. Hosts index their users by it.
 * Undefined for an email that is empty.
 *
 * @see docs/spec/knowledge-graph.md#records-fixtureskgrecordsjson-holds-one-of-each
 */
export function kgEmailId(email: string): string | undefined {
  const normal = email.trim().toLowerCase();
  return normal === "" ? undefined : hash("md5", normal);
}
