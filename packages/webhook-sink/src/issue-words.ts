import type { z } from "zod";

/** What is wrong, each with the path of its field where it has one. */
export function issueWords({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)).join("; ");
}
