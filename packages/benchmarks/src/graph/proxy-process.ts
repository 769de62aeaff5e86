/** A Kafka REST proxy in a process of its own, so that it costs the sender no time of its event loop. Run by `graph-records.bench.ts`. */
import { kafkaRestStub } from "@bus/testkit";

const stub = await kafkaRestStub();
process.on("message", () => {
  process.send?.(stub.stored.length);
  stub.clear();
});
process.on("disconnect", () => process.exit());
process.send?.(stub.url);
