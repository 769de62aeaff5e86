import { Secrets } from "@bus/http";
import type { KgAuth } from "../auth.ts";

/** What the requests of a sink bear, from its options. */
export interface HeaderOptions {
  readonly auth?: KgAuth | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Exactly so: proxies compare the text, and answer 415 to any other. */
const RECORDS = "application/vnd.kafka.json.v2+json";
const ANSWERS = "application/vnd.kafka.v2+json";

/** @see docs/spec/knowledge-graph.md#1-outbound-buskg-sink */
export function requestHeaders({ auth, headers }: HeaderOptions): Readonly<Record<string, string>> {
  return { ...headers, ...(auth && { authorization: authorizationOf(auth) }), accept: ANSWERS };
}

/** Of a request that carries records. */
export function recordsHeaders(options: HeaderOptions): Readonly<Record<string, string>> {
  return { ...requestHeaders(options), "content-type": RECORDS };
}

export function secretsOf({ auth, headers }: HeaderOptions): Secrets {
  return new Secrets(auth === undefined ? [] : credentialsOf(auth), headers);
}

function authorizationOf(auth: KgAuth): string {
  const [credentials] = credentialsOf(auth);
  return `${auth.type === "basic" ? "Basic" : "Bearer"} ${credentials}`;
}

/** The credentials as they are sent, then what they are made of. */
function credentialsOf(auth: KgAuth): readonly [string, ...string[]] {
  if (auth.type === "bearer") return [auth.token];
  const { username, password } = auth;
  return [Buffer.from(`${username}:${password}`).toString("base64"), password];
}
