/** A host that has every new plugin, as they are built: one event in by each source, and out by each sink. */
import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import { crmClassSink } from "@acme/crm-class-sink";
import { crmClassEvents, crmClassSource } from "@acme/crm-class-source";
import { crmFactorySink } from "@acme/crm-factory-sink";
import { crmFactoryEvents, crmFactorySource } from "@acme/crm-factory-source";
import { createBus } from "@bus/core";

const posted: unknown[] = [];
const allPosted = Promise.withResolvers<void>();
const server = createServer(async (request, response) => {
  request.setEncoding("utf8");
  const { type } = JSON.parse((await request.toArray()).join(""));
  response.end();
  if (posted.push(`${request.headers.authorization} ${type}`) === 4) allPosted.resolve();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
assert(address !== null && typeof address === "object");
const url = `http://127.0.0.1:${address.port}`;

const bus = createBus({
  name: "host",
  events: { ...crmFactoryEvents, ...crmClassEvents },
  sources: { factory: crmFactorySource({ token: "in" }), class: crmClassSource({ token: "in" }) },
  sinks: { factory: crmFactorySink({ url, token: "factory" }), class: crmClassSink({ url, token: "class" }) },
});
await bus.start();
for (const { fetch } of [bus.sources.factory, bus.sources.class]) {
  const headers = { authorization: "Bearer in" };
  const { status } = await fetch(new Request(url, { method: "POST", headers, body: '{"id": "1", "data": {}}' }));
  assert.equal(status, 204);
}
await allPosted.promise;
await bus.stop();
server.close();

assert.deepEqual(posted.toSorted(), [
  "Bearer class crm-class.received",
  "Bearer class crm-factory.received",
  "Bearer factory crm-class.received",
  "Bearer factory crm-factory.received",
]);
