import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { makeBus, type ShopBus } from "../bus.ts";
import { refund, ship, welcome } from "../orders.ts";
import { people } from "../people.ts";
import { cancellationOf, deadLetters } from "../report.ts";
import { HOUR_MS, startService, type Service } from "../service.ts";
import { cancelled, nextOf, settled } from "../settled.ts";

it("tells each customer what concerns them, through an outage, and ends by itself", { timeout: 30_000 }, async () => {
  const { code, errors, output } = await outcomeOfTheShop();

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(output).toMatch(/^ +Sent: bulk of 3 \(201\)\./m);
  expect(output).toMatch(/^ +order-3-shipped, trigger:order-shipped: .*payload is missing required key.*address/m);
  expect(output).toMatch(/^ +Teleflow answered 503: the queue is away$/m);
  expect(output).toMatch(/^ +Teleflow answered 429/m);
  expect(output).toMatch(/^ +Ada +incident, order-shipped +delivered$/m);
  expect(output).toMatch(/^ +Ben +incident, order-refunded +cancelled$/m);
  expect(output).toMatch(/^ +Cleo +incident +Teleflow answered error: payload is missing required key/m);
  expect(output).toMatch(/^ +Dan +incident, order-shipped +delivered, at attempt 2$/m);
  expect(output).toMatch(/^ +Eve +incident, order-shipped +delivered, at attempt 2$/m);
  expect(output).toMatch(/^ +Finn +incident, order-shipped +delivered$/m);
  expect(output).toMatch(/^ +Gus +incident, order-refunded +removed before it was sent$/m);
  expect(output).toMatch(/^ +Hana +incident, welcome$/m);
  expect(output).toMatch(/^ +Olga +call-out, incident$/m);
  expect(output).toContain("11 delivered, 1 removed, 1 refused.");
});

it("sends what ships together in one request, and each customer their own", async () => {
  const { bus, teleflow, clock } = await aStartedShop();

  await ship(bus, "Ada", "Ben");
  await settled(bus);
  await clock.advance(HOUR_MS);

  expect(teleflow.requests.map(({ operation }) => operation)).toEqual(["bulk"]);
  expect(teleflow.requests[0]?.triggers[0]?.to).toEqual([
    { subscriberId: "ada", firstName: "Ada", email: "ada@example.com" },
  ]);
  expect(payloadsOf(teleflow, "ada")).toEqual([{ orderId: "order-1", address: "1 Mill Lane" }]);
  expect(payloadsOf(teleflow, "ben")).toEqual([{ orderId: "order-2", address: "2 Mill Lane" }]);
});

it("tells nobody of an order that is refunded within the hour", async () => {
  // #region test
  const { bus, teleflow, clock } = await aStartedShop();

  await ship(bus, "Ben");
  await settled(bus);
  await refund(bus, "Ben");
  await settled(bus);
  await clock.advance(HOUR_MS);

  expect(teleflow.notificationsOf("ben").map(({ workflow }) => workflow)).toEqual(["order-refunded"]);
  expect(teleflow.dropped.map(({ reason }) => reason)).toEqual(["cancelled"]);
  // #endregion test
});

it("asks nothing of the service for a notification that is in the bus still", { timeout: 20_000 }, async () => {
  const { bus, teleflow, clock } = await aStartedShop();
  teleflow.faults = { request: () => ({ kind: "status", status: 429, headers: { "retry-after": "1" } }) };
  const paused = nextOf(bus, ["paused"]);
  await ship(bus, "Finn");
  await paused;

  const end = cancelled(bus, "Gus");
  await ship(bus, "Gus");
  await refund(bus, "Gus");
  await end;
  teleflow.faults = {};
  await settled(bus);
  await clock.advance(HOUR_MS);

  expect(await cancellationOf(bus, "Gus")).toBe("removed before it was sent");
  expect(teleflow.requests.map(({ operation }) => operation)).not.toContain("cancel");
  expect(teleflow.notificationsOf("gus").map(({ workflow }) => workflow)).toEqual(["order-refunded"]);
  expect(teleflow.notificationsOf("finn").map(({ workflow }) => workflow)).toEqual(["order-shipped"]);
});

it("sets an order without an address aside, and no other", async () => {
  const { bus, teleflow, clock } = await aStartedShop();

  await ship(bus, "Ada", "Cleo", "Dan");
  await settled(bus);
  await clock.advance(HOUR_MS);

  expect(await deadLetters(bus)).toEqual([expect.stringMatching(/^order-3-shipped, trigger:order-shipped: .*address/)]);
  expect(teleflow.notifications.map(({ subscriberId }) => subscriberId).toSorted()).toEqual(["ada", "dan"]);
});

it("tells everybody of an incident once, and calls the operators", async () => {
  const { bus, teleflow } = await aStartedShop();

  await bus.publish("incident.opened", { title: "no parcels today" });
  await settled(bus);
  await teleflow.settled();

  const got = teleflow.notifications.map(({ subscriberId, workflow }) => `${workflow} ${subscriberId}`);
  const wanted = [...people.map((name) => `incident ${name.toLowerCase()}`), "call-out olga"];
  expect(got.toSorted()).toEqual(wanted.toSorted());
});

it("welcomes a customer once, even if it is told to twice", async () => {
  const { bus, teleflow } = await aStartedShop();

  const results = [await welcome(bus, "Hana"), await welcome(bus, "Hana")];
  await teleflow.settled();

  for (const result of results) expect(result).toEqual({ status: "processed", transactionIds: ["welcome-hana"] });
  expect(teleflow.notificationsOf("hana")).toHaveLength(1);
});

function payloadsOf(teleflow: Service["teleflow"], subscriberId: string): readonly unknown[] {
  return teleflow.notificationsOf(subscriberId).map(({ payload }) => payload);
}

async function outcomeOfTheShop(): Promise<{ output: string; errors: string; code: unknown }> {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const shop = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void shop.kill("SIGKILL"));
  const [output, errors, [code]] = await Promise.all([text(shop.stdout), text(shop.stderr), once(shop, "exit")]);
  return { output, errors, code };
}

async function aStartedShop(): Promise<Service & { bus: ShopBus }> {
  const folder = mkdtempSync(join(tmpdir(), "notifications-"));
  const service = await startService();
  const bus = makeBus({ path: join(folder, "bus.db"), url: service.teleflow.url, apiKey: "test-key" });
  onTestFinished(async () => {
    await bus.stop();
    await service.teleflow.close();
    rmSync(folder, { recursive: true });
  });
  await bus.start();
  return { bus, ...service };
}
