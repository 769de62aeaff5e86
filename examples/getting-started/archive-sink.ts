// #region archive
import { defineSink, delivered, rejected, retry } from "@bus/core";
import { z } from "zod";

const produced = z.object({
  offsets: z.tuple([z.object({ error_code: z.number().nullish(), error: z.string().nullish() })]),
});
const headers = { "content-type": "application/vnd.kafka.json.v2+json" };
/** Of the 4xx: what the same request may meet better another time. */
const TRANSIENT = new Set([408, 425, 429]);

/** Writes each event into a topic, through a Kafka REST proxy. */
export const archiveSink = defineSink({
  name: "archive",
  options: z.object({ url: z.url() }),
  create: ({ options }) => ({
    async deliver([delivery], { signal }) {
      const body = JSON.stringify({ records: [{ key: delivery?.event.key, value: delivery?.event }] });
      const answer = await fetch(`${options.url}/topics/tickets`, { method: "POST", headers, body, signal });
      const info = { status: answer.status };
      if (answer.status >= 500 || TRANSIENT.has(answer.status))
        return [retry(`The proxy answered ${answer.status}.`, { info })];
      if (!answer.ok) return [rejected(`The proxy answered ${answer.status}.`, info)];
      // A proxy answers 200 also for a record that Kafka did not take.
      const [{ error_code: code, error }] = produced.parse(await answer.json()).offsets;
      return [code ? retry(`Kafka answered ${code}: ${error}`, { info }) : delivered(info)];
    },
  }),
});
// #endregion archive
