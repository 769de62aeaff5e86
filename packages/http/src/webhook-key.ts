import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from "node:crypto";
import { BusError } from "@bus/core";

/** A key of Standard Webhooks, in one of its written forms. */
export interface WebhookKey {
  /** The version that its signatures bear. */
  readonly version: "v1" | "v1a";
  sign(content: SignedContent): Buffer;
  verify(content: SignedContent, signature: Uint8Array): boolean;
}

/** `{head}{body}`, in two parts so that the body need not be copied. */
export interface SignedContent {
  readonly head: string;
  readonly body: string | Uint8Array;
}

/** DER before the 32 raw bytes of an ed25519 key (RFC 8410): node:crypto takes no raw keys. */
const PRIVATE_KEY_DER = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_KEY_DER = Buffer.from("302a300506032b6570032100", "hex");

const RAW_KEY_BYTES = 32;

/**
 * `whsec_` and base64: an HMAC secret. `whsk_` and base64: an ed25519 seed (32 bytes), also followed by its public key (64 bytes).
 * `whpk_` and base64: an ed25519 public key. Any other text is an HMAC secret of its UTF-8 bytes.
 *
 * @throws {BusError} BUS_SECRET_INVALID, which never shows the key
 */
export function parseWebhookKey(text: string): WebhookKey {
  const [, prefix, encoded = ""] = /^(whsec_|whsk_|whpk_)(.*)$/s.exec(text) ?? [];
  if (prefix === undefined) return hmacKey(Buffer.from(text));

  const bytes = parseBase64(encoded, prefix);
  if (prefix === "whsec_") return hmacKey(bytes);
  const isSized = bytes.length === RAW_KEY_BYTES || (prefix === "whsk_" && bytes.length === 2 * RAW_KEY_BYTES);
  if (!isSized) throw new BusError("BUS_SECRET_INVALID", [`"${prefix}" is followed by ${bytes.length} bytes, not 32`]);
  const raw = bytes.subarray(0, RAW_KEY_BYTES);
  return prefix === "whsk_" ? privateKey(raw) : publicKey(raw);
}

function hmacKey(secret: Buffer): WebhookKey {
  if (secret.length === 0) throw new BusError("BUS_SECRET_INVALID", ["it is empty"]);
  // A Buffer as the key would be turned into one of these each time, the slow way.
  const key = createSecretKey(secret);
  const digest = ({ head, body }: SignedContent) => createHmac("sha256", key).update(head).update(body).digest();
  return {
    version: "v1",
    sign: digest,
    verify(content, signature) {
      const expected = digest(content);
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}

function privateKey(seed: Buffer): WebhookKey {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_KEY_DER, seed]), format: "der", type: "pkcs8" });
  return { ...verifier(createPublicKey(key)), sign: (content) => sign(null, bytesOf(content), key) };
}

function publicKey(raw: Buffer): WebhookKey {
  return verifier(createPublicKey({ key: Buffer.concat([PUBLIC_KEY_DER, raw]), format: "der", type: "spki" }));
}

function verifier(key: KeyObject): WebhookKey {
  return {
    version: "v1a",
    sign() {
      throw new BusError("BUS_SECRET_INVALID", ['a "whpk_" key is public: it can verify, but not sign']);
    },
    verify: (content, signature) => verify(null, bytesOf(content), key, signature),
  };
}

function bytesOf({ head, body }: SignedContent): Buffer {
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** Strict, since Buffer skips what it cannot read and would so sign with another key. Padding may be missing. */
function parseBase64(encoded: string, prefix: string): Buffer {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    throw new BusError("BUS_SECRET_INVALID", [`"${prefix}" is not followed by base64`]);
  }
  return Buffer.from(encoded, "base64");
}
