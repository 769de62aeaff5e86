/**
 * How many records a second go from a durable store into a Kafka REST proxy, beside the one POST per record that a host would write first?
 *
 * The proxy is the stub of the testkit in a process of its own; it parses every request and answers for every record.
 */
import { busOneByOne, busOnGot, busOnUndici } from "./graph/bus-sender.ts";
import { recordRequest } from "./graph/record-request.ts";
import { lineUp } from "./line-up.ts";
import { gotAtOnce, gotInOrder, undiciAtOnce } from "./senders/bare-senders.ts";
import { measureSenders } from "./senders/measure-senders.ts";
import type { Sender } from "./senders/sender.ts";

await measureSenders({
  question: "Records from a durable store into a Kafka REST proxy: how many a second?",
  condition: "messages whose records are about 600 bytes of JSON; the proxy is a process of its own",
  unit: "records",
  script: new URL("graph/proxy-process.ts", import.meta.url),
  yardstick: "one POST per record, got",
  line: await lineUp<Sender>({
    Bus: busOnGot,
    "Bus on undici": busOnUndici,
    "Bus, one by one": busOneByOne,
    "got, in order": () => gotInOrder(recordRequest),
    got: () => gotAtOnce(recordRequest),
    undici: () => undiciAtOnce(recordRequest),
  }),
});
