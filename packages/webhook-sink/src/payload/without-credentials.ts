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
const CREDENTIAL =
  /(?:token|secret|password|(?:private|api|access|secret)[-_ ]?key|provider_?config|credentials)(?:[-_ ]?(?:hash|digest|salt))?$/i;

const verdicts = new Map<string, boolean>();
/** Keys may be a customer's invention. */
const MOST_VERDICTS = 1_000;

/** Opaque: whoever fills these names the keys, and they pass unchanged. Only the credential that the desk itself may put there is taken out. */
const OPAQUE = new Set(["additional_attributes", "content_attributes", "custom_attributes"]);
const CREDENTIAL_ANYWHERE = /^pubsub_token$/i;

/** Whether a key of the object does not leave. */
type Held = (key: string) => boolean;

/**
 * JSON-like data as it may leave, at every level: `contact_inbox` with its public keys only, nothing named like a credential. All other keys
 * stay, in their order. What holds no credentials is not copied.
 */
export function withoutCredentials(record: object): object {
  return recordWithout(record, isCredential);
}

function without(value: unknown, isHeld: Held): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? listWithout(value, isHeld) : recordWithout(value, isHeld);
}

function recordWithout(record: object, isHeld: Held): object {
  let copy: object | undefined;
  for (const key of Object.keys(record)) {
    const value: unknown = Reflect.get(record, key);
    if (isHeld(key)) Reflect.deleteProperty((copy ??= { ...record }), key);
    else if (typeof value === "object" && value !== null) {
      const kept = without(value, heldIn(key, isHeld));
      // Not by assignment, for `__proto__` is a key like any other here.
      if (kept !== value) Object.defineProperty((copy ??= { ...record }), key, { value: kept });
    }
  }
  return copy ?? record;
}

function listWithout(list: readonly unknown[], isHeld: Held): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const kept = without(item, isHeld);
    if (kept !== item) (copy ??= [...list])[index] = kept;
  }
  return copy ?? list;
}

/** What does not leave of the object under `key`. */
function heldIn(key: string, isHeld: Held): Held {
  if (OPAQUE.has(key)) return isCredentialAnywhere;
  if (key === "contact_inbox") return isNotPublic;
  return isHeld === isNotPublic ? isCredential : isHeld;
}

/** Whether the key names one of the desk's credentials. Events have the same keys again and again, so that each is judged once. */
export function isCredential(key: string): boolean {
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    if (verdicts.size === MOST_VERDICTS) verdicts.clear();
    verdict = CREDENTIAL.test(key);
    verdicts.set(key, verdict);
  }
  return verdict;
}

function isCredentialAnywhere(key: string): boolean {
  return CREDENTIAL_ANYWHERE.test(key);
}

function isNotPublic(key: string): boolean {
  return !CONTACT_INBOX_KEYS.has(key);
}
