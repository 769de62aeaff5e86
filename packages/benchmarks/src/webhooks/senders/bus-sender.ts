import { join } from "node:path";
import { gotTransport, undiciTransport, type HttpTransport } from "@bus/http";
import { DeliveredCount } from "../../delivered-count.ts";
import { removeScratch, scratchDirectory } from "../../scratch-directory.ts";
import { benchWebhooks } from "../bench-webhooks.ts";
import { messageAt } from "../message.ts";
import { IN_FLIGHT, type Sender } from "./sender.ts";

const ACCOUNT = 1;
const PUBLISHED_AT_ONCE = 100;
const MOST_UNFINISHED = 1_000;

export async function busOnGot(): Promise<Sender> {
  return busSender("Bus", "got", gotTransport);
}

export async function busOnUndici(): Promise<Sender> {
  return busSender("Bus on undici", "undici", undiciTransport);
}

function busSender(name: string, transport: string, makeTransport: () => HttpTransport): Sender {
  return {
    name,
    conditions: `\`sqliteStore\` with its default \`durability: "full"\`, one registered webhook, ${transport} as the transport, concurrency ${IN_FLIGHT}; published ${PUBLISHED_AT_ONCE} at a time, one call each, at most ${MOST_UNFINISHED} of them unfinished. Each event is checked by its schema, synced to disk, fanned out, rendered, signed by both schemes and posted behind the address guard within its deadline; its outcome is synced too.`,
    async open(url) {
      const directory = scratchDirectory();
      const http = makeTransport();
      const policy = { concurrency: IN_FLIGHT };
      const bus = benchWebhooks({ path: join(directory, "bus.db"), policy, transport: http });
      await bus.start();
      await bus.sinks.hooks.webhooks.create({ accountId: ACCOUNT, url });
      const delivered = new DeliveredCount(bus);
      let published = 0;
      return {
        async send(count) {
          const end = published + count;
          while (published < end) {
            await delivered.reach(published - MOST_UNFINISHED);
            published += PUBLISHED_AT_ONCE;
            await Promise.all(
              Array.from({ length: PUBLISHED_AT_ONCE }, () => bus.publish("message.created", messageAt(ACCOUNT))),
            );
          }
          await delivered.reach(end);
        },
        async close() {
          await bus.stop();
          await http.stop();
          removeScratch(directory);
        },
      };
    },
    close: async () => {},
  };
}
