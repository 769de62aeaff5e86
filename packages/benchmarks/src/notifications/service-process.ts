/** A Teleflow service in a process of its own, so that it costs the sender no time of its event loop. Run by `notification-triggers.bench.ts`. */
import { teleflowStub } from "@bus/testkit";
import { API_KEY } from "./service.ts";

const stub = await teleflowStub({ apiKey: API_KEY });

async function count(): Promise<void> {
  await stub.settled();
  process.send?.(stub.notifications.length);
  stub.clear();
}

process.on("message", () => {
  void count();
});
process.on("disconnect", () => process.exit());
process.send?.(stub.url);
