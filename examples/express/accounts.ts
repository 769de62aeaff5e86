const TOKENS = new Map([
  ["Bearer the token of Acme", "acme"],
  ["Bearer the token of Globex", "globex"],
]);

/** The account whose token an Authorization header has. A desk of yours would look its sessions up here. */
export function accountOf(authorization: string | null | undefined): string | undefined {
  return TOKENS.get(authorization ?? "");
}
