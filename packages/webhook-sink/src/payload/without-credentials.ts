/** What receivers may know of the record that ties a contact to an inbox: the rest of it logs in as that contact. */
const CONTACT_INBOX_KEYS = new Set([
  "id",
  "contact_id",
  "inbox_id",
  "source_id",
  "created_at",
  "updated_at",
  "hmac_verified",
]);

/** Names of the desk's credentials: of contacts (`pubsub_token`), users (`access_token`) and channels (`hmac_token`, `smtp_password`, …). */
const CREDENTIAL = /(?:token|secret|password|private_?key|api_?key|provider_config|credentials)$/i;

/** Opaque: whoever fills these names the keys, and they pass unchanged. Only the credential that the desk itself may put there is taken out. */
const OPAQUE = new Set(["additional_attributes", "content_attributes", "custom_attributes"]);
const CREDENTIAL_ANYWHERE = /^pubsub_token$/;

/**
 * A copy of JSON-like data that may leave, at every level: `contact_inbox` with its public keys only, nothing named like a credential.
 * All other keys stay, in their order.
 */
export function withoutCredentials(value: unknown, credential: RegExp = CREDENTIAL): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutCredentials(item, credential));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !credential.test(key))
      .map(([key, item]: [string, unknown]) => {
        if (OPAQUE.has(key)) return [key, withoutCredentials(item, CREDENTIAL_ANYWHERE)];
        if (key === "contact_inbox") return [key, onlyPublic(withoutCredentials(item, credential))];
        return [key, withoutCredentials(item, credential)];
      }),
  );
}

function onlyPublic(contactInbox: unknown): unknown {
  if (typeof contactInbox !== "object" || contactInbox === null) return contactInbox;
  return Object.fromEntries(Object.entries(contactInbox).filter(([key]) => CONTACT_INBOX_KEYS.has(key)));
}
