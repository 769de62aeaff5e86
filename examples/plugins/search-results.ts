// #region results
import { z } from "zod";

const answer = z.object({ results: z.array(z.enum(["stored", "refused"])) });

/** What became of each document; undefined for an answer that does not say it of so many. */
export function resultsOf(body: Uint8Array, count: number): readonly ("stored" | "refused")[] | undefined {
  try {
    const { results } = answer.parse(JSON.parse(new TextDecoder().decode(body)));
    return results.length === count ? results : undefined;
  } catch {
    return undefined;
  }
}
// #endregion results
