import { bareErrorAnswer, errorAnswer, type Answer } from "./answer.ts";

/** Why the header does not let a request in. */
export function refusedAuthorization(header: string | undefined, apiKey: string): Answer | undefined {
  const scheme = header?.split(" ", 1)[0] ?? "";
  if (header === undefined || scheme === "") return errorAnswer(401, "Missing authorization header");
  // A bearer's token is of a user's session, of which there is none here.
  if (scheme === "Bearer" || header === "ApiKey") return bareErrorAnswer(401, "Unauthorized");
  if (scheme !== "ApiKey") return errorAnswer(401, `Invalid authentication scheme: "${scheme}"`);
  return header === `ApiKey ${apiKey}` ? undefined : errorAnswer(401, "API Key not found");
}
