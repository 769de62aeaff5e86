import { hash } from "node:crypto";

/**
 * The id by which the graph knows a user: the md5 of the address, trimmed and in lower case. It is the `_kg_email_id` of records and the recipient
 * of what the graph pushes back; a host finds its users by it. Undefined without an address.
 *
 * @see docs/spec/knowledge-graph.md#records-fixtureskgrecordsjson-holds-one-of-each
 */
export function kgEmailId(email: string | null | undefined): string | undefined {
  const address = email?.trim().toLowerCase();
  return address ? hash("md5", address) : undefined;
}
