import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import type { SinkTest } from "./sink-test.ts";

const STATUSES = [301, 302, 303, 307, 308];

/** Whoever follows takes what it sends, and its secrets, to where the target's answer points. */
export const followsNoRedirect: SinkTest = {
  name: "follows no redirect",
  needs: ({ faults }) => faults.has("status"),
  run: async (bench) => {
    const { target } = bench;
    const elsewhere = await openElsewhere();
    try {
      const running = await bench.start();
      for (const status of STATUSES) {
        for (const [place, location] of Object.entries({ same: `${target.url}/moved`, other: elsewhere.url })) {
          const batch = await running.take(`${place}-${status}`);
          const before = target.requests.length;
          target.fault = (items) =>
            items.length > 0 ? { kind: "status", status, headers: { location } } : { kind: "status", status: 500 };

          await running.deliver(batch);

          const follows = `The sink follows a ${status}: turn that off, and answer with an outcome.`;
          assert.ok(target.requests.length <= before + 1, follows);
          assert.equal(elsewhere.connections, 0, follows);
        }
      }
    } finally {
      elsewhere.close();
    }
  },
};

interface Elsewhere {
  readonly url: string;
  readonly connections: number;
  close(): void;
}

async function openElsewhere(): Promise<Elsewhere> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/moved`,
    get connections() {
      return connections;
    },
    close: () => void server.close(),
  };
}
