/**
 * How many triggers a second go from a durable store into a Teleflow service, beside the one request per trigger that a host would write first?
 *
 * The service is the stub of the testkit in a process of its own; it checks every trigger, answers for each and runs its workflow.
 */
import { lineUp } from "./line-up.ts";
import { busOneByOne, busOnGot, busOnUndici } from "./notifications/bus-sender.ts";
import { triggerRequest } from "./notifications/trigger-request.ts";
import { gotAtOnce, gotInOrder, undiciAtOnce } from "./senders/bare-senders.ts";
import { measureSenders } from "./senders/measure-senders.ts";
import type { Sender } from "./senders/sender.ts";

await measureSenders({
  question: "Triggers from a durable store into a Teleflow service: how many a second?",
  condition: "shipped orders whose triggers are about 400 bytes of JSON; the service is a process of its own",
  unit: "triggers",
  script: new URL("notifications/service-process.ts", import.meta.url),
  yardstick: "one request per trigger, got",
  line: await lineUp<Sender>({
    Bus: busOnGot,
    "Bus on undici": busOnUndici,
    "Bus, one by one": busOneByOne,
    "got, in order": () => gotInOrder(triggerRequest),
    got: () => gotAtOnce(triggerRequest),
    undici: () => undiciAtOnce(triggerRequest),
  }),
});
