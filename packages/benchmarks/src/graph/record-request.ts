import type { BareRequest } from "../senders/bare-senders.ts";
import { recordOf } from "./record.ts";

/** A POST with one record, as a host would make it by hand. */
export const recordRequest: BareRequest = {
  what: "POST per record",
  path: "/topics/twake",
  headers: { "content-type": "application/vnd.kafka.json.v2+json", accept: "application/vnd.kafka.v2+json" },
  body: recordOf,
};
