export { checkAllowList, type AllowList } from "./allow-list.ts";
export { outcomeOfAnswer } from "./answer-outcome.ts";
export { checkBaseUrl, hostOf, withoutTrailingSlashes } from "./base-url.ts";
export { outcomeOfError } from "./error-outcome.ts";
export { gotTransport } from "./got-transport.ts";
export { checkHeaders } from "./headers.ts";
export { HTTP_TRANSPORT, type HttpAnswer, type HttpRequest, type HttpTransport } from "./http-transport.ts";
export { resolveHost, type ResolvedAddress, type ResolveHost } from "./resolve-host.ts";
export { parseRetryAfter } from "./retry-after.ts";
export { Secrets } from "./secrets.ts";
export { signSha256, verifySha256, type Sha256Message } from "./sign-sha256.ts";
export {
  signStandardWebhook,
  verifyStandardWebhook,
  type SignedWebhook,
  type StandardWebhook,
} from "./standard-webhooks.ts";
export { parseTargetUrl } from "./target-url.ts";
export { type TransportOptions } from "./transport-options.ts";
export { undiciTransport } from "./undici-transport.ts";
export { type VerifyOptions } from "./signed-timestamp.ts";
export { zodCheck } from "./zod-check.ts";
