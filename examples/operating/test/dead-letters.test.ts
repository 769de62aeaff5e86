import { expect, it } from "vitest";
import { createContacts } from "../contacts.ts";
import { attemptsOf, deadLetters, giveUp, reasons, replayAll, tryOne } from "../dead-letters.ts";
import { isQuiet, settled } from "../settled.ts";
import { aStartedDesk, type StartedDesk } from "./a-started-desk.ts";

it("finds every dead letter, however many pages they fill, and counts their reasons", { timeout: 30_000 }, async () => {
  const { bus, lane } = await aDeskWithDeadLetters(105);

  const found: string[] = [];
  for await (const { event } of deadLetters(bus, lane)) found.push(event.id);

  expect(new Set(found).size).toBe(105);
  expect(await reasons(bus, lane)).toEqual({ "1: The target answered 422.": 105 });
});

it("shows each attempt with what the receiver answered", async () => {
  const { bus, receiver, lane } = await aStartedDesk();
  receiver.answer = { status: 503, text: "in the morning" };

  await createContacts(bus, 1);
  await settled(bus, isQuiet);

  const [dead] = (await bus.deliveries.list(lane)).items;
  const lines = dead ? attemptsOf(dead) : [];
  expect(lines).toHaveLength(3);
  for (const line of lines)
    expect(line).toMatch(/^\S+Z {2}retry {2}\d+ ms {2}The target answered 503\. {2}503 in the morning$/);
});

it("tries one, which fails again or is delivered", async () => {
  const { bus, receiver, lane } = await aDeskWithDeadLetters(1);
  const id = (await bus.deliveries.list(lane)).items[0]?.id ?? "";

  const failed = await tryOne(bus, id);
  receiver.answer = { status: 204 };
  const delivered = await tryOne(bus, id);

  expect(failed).toMatchObject({ state: "dead", attempts: 1, reason: "The target answered 422." });
  expect(delivered).toMatchObject({ id, state: "delivered", history: { length: 3 } });
  expect(receiver.taken).toEqual(["contact-1-created"]);
});

it("replays all of a destination, and leaves alone what had arrived", async () => {
  const { bus, receiver, lane } = await aDeskWithDeadLetters(3);
  receiver.answer = { status: 204 };
  await createContacts(bus, 4);
  await settled(bus, isQuiet);

  const count = await replayAll(bus, lane.destination);
  await settled(bus, ({ delivered }) => delivered === 4);

  expect(count).toBe(3);
  expect(receiver.taken.toSorted()).toEqual([1, 2, 3, 4].map((id) => `contact-${id}-created`));
});

it("gives up what nobody needs, and nothing of another type", async () => {
  const { bus, lane } = await aDeskWithDeadLetters(2);

  const none = await giveUp(bus, lane.destination, "contact.updated");
  const both = await giveUp(bus, lane.destination, "contact.created");

  expect([none, both]).toEqual([0, 2]);
  expect(await bus.deliveries.stats()).toMatchObject({ dead: 0, discarded: 2 });
});

async function aDeskWithDeadLetters(count: number): Promise<StartedDesk> {
  const desk = await aStartedDesk();
  desk.receiver.answer = { status: 422 };
  await createContacts(desk.bus, ...Array.from({ length: count }, (_, index) => index + 1));
  await settled(desk.bus, isQuiet);
  return desk;
}
