import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { drain } from "../drain.ts";

it("cuts off a request that takes longer than the limit", async () => {
  const server = createServer(() => undefined).listen(0);
  const sent = request({ port: (server.address() as AddressInfo).port }).end();
  const failed = once(sent, "error");
  await once(server, "request");

  drain(server, 10);
  await once(server.close(), "close");

  expect(await failed).toEqual([expect.objectContaining({ code: "ECONNRESET" })]);
});
