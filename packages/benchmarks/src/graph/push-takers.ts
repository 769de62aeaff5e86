import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createBus } from "@bus/core";
import { kgPushEvents, kgPushSource } from "@bus/kg-push-source";
import { sqliteStore } from "@bus/sqlite-store";
import { failOnErrors } from "../fail-on-errors.ts";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";

export const TOKEN = "a-token-that-both-ends-know";

/** What takes pushes. */
export interface PushTaker {
  readonly name: string;
  readonly conditions: string;
  open(): Promise<{ readonly url: string; close(): Promise<void> }>;
  close(): Promise<void>;
}

export async function busPushes(): Promise<PushTaker> {
  return {
    name: "Bus",
    conditions: `\`kgPushSource\` with its own listener, \`sqliteStore\` with its default \`durability: "full"\`, one listener on \`kg.user_tags\`, every event kept. Before its answer a push is authenticated, read within its limit, checked, claimed, published and marked as done: three commits, synced to disk, which pushes that come together share.`,
    async open() {
      const directory = scratchDirectory();
      const bus = createBus({
        name: "bench",
        events: kgPushEvents,
        store: sqliteStore({ path: join(directory, "bus.db") }),
        sources: { tags: kgPushSource({ tokens: TOKEN, listen: { port: 0 } }) },
      });
      failOnErrors(bus);
      await bus.start();
      bus.on("kg.user_tags", () => {});
      const { url = "" } = bus.sources.tags;
      return {
        url,
        async close() {
          await bus.stop();
          removeScratch(directory);
        },
      };
    },
    close: async () => {},
  };
}

/** What the HTTP alone costs. */
export async function bareServer(): Promise<PushTaker> {
  return {
    name: "node:http, nothing kept",
    conditions: "reads and parses the body, answers 200; forgets everything.",
    async open() {
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          JSON.parse(Buffer.concat(chunks).toString());
          response.writeHead(200, { "content-type": "application/json" }).end('{"status":"success"}');
        });
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/push`,
        async close() {
          server.close();
          server.closeAllConnections();
          await once(server, "close");
        },
      };
    },
    close: async () => {},
  };
}
