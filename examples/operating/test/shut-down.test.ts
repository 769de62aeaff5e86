import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { shutDown } from "../shut-down.ts";
import { aDesk, aFolder } from "./a-started-desk.ts";

it("stops the bus all the same when a client never ends its request", async () => {
  const { bus } = aDesk(join(aFolder(), "desk.db"));
  await bus.start();
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connected = once(server, "connection");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const cutOff = once(client, "close");
  client.on("error", () => undefined);
  client.write("POST /contacts/1 HTTP/1.1\r\nhost:");
  const [socket] = (await connected) as [Socket];
  await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(0));

  await shutDown(server, bus, 200);

  expect(bus.state).toBe("stopped");
  await cutOff;
});
