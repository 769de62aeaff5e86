import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signSha256, signStandardWebhook, verifySha256, verifyStandardWebhook } from "../src/index.ts";

const INVALID = expect.objectContaining({ code: "BUS_SIGNATURE_INVALID" });
const NO_SECRET = expect.objectContaining({ code: "BUS_SECRET_INVALID" });

describe("sha256= signatures", () => {
  const timestamp = 1781699568;
  const now = timestamp * 1000;
  const body = String.raw`{"event":"message_created","id":118,"content":"a \u003cb\u003e \u0026 ção"}`;
  const signature = "sha256=ed8dbe7c6a3087acdc23dfe0c663eb8f922bd2568b6a95aaafc4bf9bda772d24";

  it.each([
    ["text", body],
    ["bytes", new TextEncoder().encode(body)],
  ])("sign the test vector as %s", (_, form) => {
    expect(signSha256(["test-secret"], timestamp, form)).toBe(signature);
  });

  it("are two, comma-separated, while a secret rotates", () => {
    const both = signSha256(["new", "test-secret"], timestamp, body);

    expect(both).toBe(`${signSha256(["new"], timestamp, body)},${signature}`);
    verifySha256(["test-secret"], { signature: both, timestamp, body }, { now });
    verifySha256(["new"], { signature: both, timestamp, body }, { now });
  });

  it("pass when the receiver knows several secrets", () => {
    const message = { signature, timestamp: String(timestamp), body };

    expect(() => verifySha256(["other", "test-secret"], message, { now })).not.toThrow();
  });

  it.each([
    ["another body", { body: `${body} ` }],
    ["another timestamp", { timestamp: timestamp + 1 }],
    ["another secret's signature", { signature: signSha256(["x"], timestamp, body) }],
    ["no signature", { signature: "" }],
    ["a short signature", { signature: signature.slice(0, -2) }],
    ["another scheme", { signature: signature.replace("sha256", "sha1") }],
    ["a timestamp that is no number", { timestamp: "soon" }],
  ])("fail for %s", (_, change) => {
    expect(() => verifySha256(["test-secret"], { signature, timestamp, body, ...change }, { now })).toThrow(INVALID);
  });

  it.each([300, -300])("pass %d s after they were made", (ageSeconds) => {
    const late = { now: now + ageSeconds * 1000 };

    expect(() => verifySha256(["test-secret"], { signature, timestamp, body }, late)).not.toThrow();
  });

  it.each([301, -301])("fail %d s after they were made", (ageSeconds) => {
    const late = { now: now + ageSeconds * 1000 };

    expect(() => verifySha256(["test-secret"], { signature, timestamp, body }, late)).toThrow(/300 s away/);
  });

  it("may be older if the receiver says so", () => {
    const late = { now: now + 600_000, toleranceSeconds: 600 };

    expect(() => verifySha256(["test-secret"], { signature, timestamp, body }, late)).not.toThrow();
  });

  it.each([[[]], [[""]], [["a", ""]]])("need secrets: %j", (secrets) => {
    expect(() => signSha256(secrets, timestamp, body)).toThrow(NO_SECRET);
    expect(() => verifySha256(secrets, { signature, timestamp, body }, { now })).toThrow(NO_SECRET);
  });
});

describe("Standard Webhooks signatures", () => {
  const webhook = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330, body: '{"test": 2432232314}' };
  const now = webhook.timestamp * 1000;
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const v1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  const seed = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
  const v1a = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

  it.each([
    ["v1", secret, v1],
    ["v1a", seed, v1a],
  ])("sign the %s vector of the reference implementation", (_, key, expected) => {
    expect(signStandardWebhook([key], webhook)).toBe(expected);
    verifyStandardWebhook([key], { ...webhook, signature: expected }, { now });
  });

  it("take a plain text as the secret's bytes", () => {
    const encoded = `whsec_${Buffer.from("plain secret").toString("base64")}`;

    expect(signStandardWebhook(["plain secret"], webhook)).toBe(signStandardWebhook([encoded], webhook));
  });

  it("are verified with the public key alone, from a key pair of node:crypto", () => {
    const pair = generateKeyPairSync("ed25519");
    const raw = (part: string | undefined) => Buffer.from(part ?? "", "base64url");
    const { d, x } = pair.privateKey.export({ format: "jwk" });
    const signature = signStandardWebhook([`whsk_${raw(d).toString("base64")}`], webhook);
    const long = signStandardWebhook([`whsk_${Buffer.concat([raw(d), raw(x)]).toString("base64")}`], webhook);

    verifyStandardWebhook([`whpk_${raw(x).toString("base64")}`], { ...webhook, signature }, { now });
    expect(long).toBe(signature);
  });

  it("are one for each key, space-separated, and pass with any key", () => {
    const signature = signStandardWebhook([secret, "older", seed], webhook);

    expect(signature.split(" ")).toHaveLength(3);
    for (const key of [secret, "older", seed]) verifyStandardWebhook([key], { ...webhook, signature }, { now });
    verifyStandardWebhook(["unknown", "older"], { ...webhook, signature: `v2,abc v1, ${signature}` }, { now });
  });

  it.each([
    ["another id", { id: "msg_other" }],
    ["another timestamp", { timestamp: webhook.timestamp + 1 }],
    ["another body", { body: "{}" }],
    ["no signature", { signature: "" }],
    ["an empty signature", { signature: "v1," }],
    ["an HMAC passed off as v1a", { signature: v1.replace("v1,", "v1a,") }],
    ["a short signature", { signature: "v1,AAAA" }],
    ["a short ed25519 signature", { signature: "v1a,AAAA" }],
    ["an unknown version", { signature: v1.replace("v1,", "v2,") }],
  ])("fail for %s", (_, change) => {
    const tampered = { ...webhook, signature: `${v1} ${v1a}`, ...change };

    expect(() => verifyStandardWebhook([secret, seed], tampered, { now })).toThrow(INVALID);
  });

  it.each([-301, 301])("fail %d s off", (offSeconds) => {
    const late = { now: now + offSeconds * 1000 };

    expect(() => verifyStandardWebhook([secret], { ...webhook, signature: v1 }, late)).toThrow(/300 s away/);
  });

  it.each([
    "",
    "whsec_",
    "whsec_no base64",
    "whsk_",
    "whsk_AAAA",
    "whpk_AAAA",
    "whpk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=",
  ])("cannot be made with the key %j, which no message shows", (key) => {
    const encoded = key.slice("whsec_".length) || "no key at all";

    expect(() => signStandardWebhook([key], webhook)).toThrow(
      expect.objectContaining({ code: "BUS_SECRET_INVALID", message: expect.not.stringContaining(encoded) }),
    );
  });

  it("need a key", () => {
    expect(() => signStandardWebhook([], webhook)).toThrow(NO_SECRET);
    expect(() => verifyStandardWebhook([], { ...webhook, signature: v1 }, { now })).toThrow(NO_SECRET);
  });

  it("verify what they sign, for any key, id and bytes", () => {
    const keys = fc.array(
      fc.string({ minLength: 1 }).filter((text) => !text.startsWith("wh")),
      { minLength: 1 },
    );

    fc.assert(
      fc.property(keys, fc.uuid(), fc.uint8Array(), (secrets, id, body) => {
        const signed = { id, timestamp: webhook.timestamp, body };
        const signature = signStandardWebhook(secrets, signed);
        expect(() => verifyStandardWebhook(secrets.slice(-1), { ...signed, signature }, { now })).not.toThrow();
      }),
    );
  });
});
